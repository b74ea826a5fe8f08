"""Run by alembic: puts the migrations through the connection it was given, in its transaction."""

from alembic import context

from autograder.gradebook.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # Alembic thinks that SQLite cannot; it can where a statement began the transaction, as ours does.
    transactional_ddl=True,
    render_as_batch=True,  # SQLite alters no column: the table is made anew and its rows are copied
)
with context.begin_transaction():
    context.run_migrations()
