"""Writes the SQL of a real warehouse for a dbt project: the tables that it reads, and the views and tables that it builds.

The tables it reads come first, so that rows can be put into them before the models are built over them.
"""

from . import dbt, sql
from .model import DATABASE

OWNER = "svc_{}"


def quoted(text):
    """Writes a text literal."""
    return "'" + text.replace("'", "''") + "'"


def is_view(table):
    """True for a model that dbt builds as a view."""
    return table.kind == "model" and dbt.place_of(table)[2] == "view"


def is_built(table):
    """True for what dbt builds with SQL."""
    return table.kind == "model"


def described(table):
    """Gives the table as those describe it who build it; a project that imports a table knows only what it reads."""
    return table.original or table


def create_table(table):
    """Writes CREATE TABLE with the primary key that a test of uniqueness stands for."""
    lines = []
    for column in described(table).columns:
        flags = column.flags
        bound = " primary key" if "pk" in flags else " not null" if "nn" in flags else ""
        lines.append(f"    {column.name} {column.type}{bound}")
    return f"create table {table.key} (\n" + ",\n".join(lines) + "\n);\n"


def comments(table):
    """Writes the comments of a relation and, unless it is a view, of its columns."""
    word = "view" if is_view(table) else "table"
    lines = [f"comment on {word} {table.key} is {quoted(described(table).description)};"]
    if not is_view(table):
        for column in described(table).columns:
            lines.append(f"comment on column {table.key}.{column.name} is {quoted(column.description)};")
    return "\n".join(lines) + "\n"


def foreign_keys(table, known):
    """Writes the foreign keys that tests of relationships stand for, where both ends are tables that are there."""
    lines = []
    for column in described(table).columns:
        if is_view(table) or "fk" not in column.flags:
            continue
        reference, _, name = column.flags["fk"].rpartition(".")
        target = described(table).project.find(reference)
        if target.key in known and not is_view(target):
            key = f"foreign key ({column.name}) references {target.key} ({name})"
            lines.append(f"alter table {table.key} add {key};\n")
    return "".join(lines)


def build(table):
    """Writes what dbt runs to build a model."""
    code = sql.compiled(table).rstrip()
    if is_view(table):
        return f"create view {table.key} as\n{code};\n"
    return create_table(table) + f"insert into {table.key}\n{code};\n"


def schemas(tables):
    """Writes CREATE SCHEMA for the schemas of tables."""
    names = sorted({table.schema for table in tables})
    return "".join(f"create schema {name};\n" for name in names)


def head(project, what):
    """The comment on top of a file."""
    return f"-- {what} of the dbt project `{project.name}`. Written by examples/generate.py; changes here are lost.\n"


def tables(project):
    """Writes the tables that the project reads: what systems load, what other projects publish, and seeds."""
    found = [table for table in project.tables if not is_built(table)]
    parts = [head(project, "What is there before the models") + schemas(found)]
    parts += [create_table(table) + comments(table) for table in found]
    known = {table.key for table in found}
    parts.append("".join(foreign_keys(table, known) for table in found))
    return "\n".join(parts)


def models(project):
    """Writes the views and tables that the project builds, by the role that runs dbt."""
    found = [table for table in project.tables if is_built(table)]
    owner = OWNER.format(project.name)
    read = ", ".join(sorted({table.schema for table in project.tables} - {table.schema for table in found}))
    rights = [
        f"grant create on database {DATABASE} to {owner};\n",
        f"grant usage on schema {read} to {owner};\n",
        f"grant select, references on all tables in schema {read} to {owner};\n",
        f"set role {owner};\n",
    ]
    parts = [head(project, "What dbt builds: the models") + "".join(rights), schemas(found)]
    parts += [build(table) + comments(table) for table in found]
    known = {table.key for table in project.tables}
    parts.append("".join(foreign_keys(table, known) for table in found) + "reset role;\n")
    return "\n".join(parts)


def files(company, name):
    """Gives the scripts for one dbt project as name -> text."""
    project = next(project for project in company.dbt_projects() if project.name == name)
    return {"tables.sql": tables(project), "models.sql": models(project)}
