"""The base of our migrations."""

from tortoise.migrations import migration
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_LOOK_ONLY_FORWARD = (ops.CreateModel, ops.AddField, ops.RunSQL)


class Base(migration.Migration):
    """Tortoise copies every table's model before each operation. Only operations that look back at what was need that:
    without it a new database is there in a tenth of the time.
    """

    async def apply(
        self,
        state: State,
        *,
        dry_run: bool = False,
        schema_editor: BaseSchemaEditor | None = None,
        collect_sql: bool = False,
    ) -> State:
        """As Tortoise's; `state` becomes what it is after the migration."""
        if dry_run or collect_sql or schema_editor is None:
            return await super().apply(state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql)
        in_transaction = schema_editor.client.capabilities.supports_transactions
        for operation in self.operations:
            before = state if isinstance(operation, _LOOK_ONLY_FORWARD) else state.clone()
            operation.state_forward(self.app_label, state)
            await self._run_database_forward(operation, before, state, schema_editor, in_transaction)
        state.validate_relations_initialized()
        return state
