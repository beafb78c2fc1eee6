// The OpenAPI document on standard input becomes TypeScript on standard output: `cardquest openapi | npm run -s types`.
import { text } from 'node:stream/consumers'
import openapiTS, { astToString } from 'openapi-typescript'

const HEAD = '/** Made from our OpenAPI document by `make mini`; not to be edited. */\n\n'
const types = await openapiTS(await text(process.stdin), { defaultNonNullable: false, alphabetize: true })
process.stdout.write(HEAD + astToString(types))
