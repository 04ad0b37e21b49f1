"""Alembic's entry: runs the migrations in the transaction that `store.database` has opened."""

from alembic import context

from morgana.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
