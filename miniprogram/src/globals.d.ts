/** Put in by the build: the platform's origin, and the subscribe messages this account may ask for. */
declare const API_ORIGIN: string
declare const SUBSCRIBE_TEMPLATES: string[]
