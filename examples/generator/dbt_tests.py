"""The generic tests of a dbt project: unique, not_null, accepted_values, relationships."""

import hashlib

from . import sql
from .model import DATABASE


def unique_id(table):
    """The dbt id of a table."""
    prefix = f"source.{table.project.name}.{table.source}" if table.source else f"{table.kind}.{table.project.name}"
    return f"{prefix}.{table.name}"


def key_of(test):
    """What a page calls the test by: test, table, column."""
    return (test["test_metadata"]["name"], test["file_key_name"].split(".")[-1], test["column_name"])


def tests(project):
    """Gives the tests of all columns, in order."""
    found = []
    for table in project.tables:
        if table.kind == "import":
            continue
        for column in table.columns:
            found.extend(tests_of(project, table, column))
    return found


def tests_of(project, table, column):
    """Gives the tests that the flags of a column ask for."""
    flags = column.flags
    if "pk" in flags:
        yield test(table, column, "unique", {})
    if "pk" in flags or "nn" in flags:
        yield test(table, column, "not_null", {})
    if "in" in flags:
        yield test(table, column, "accepted_values", {"values": flags["in"].split(",")})
    if "fk" in flags:
        reference, _, name = flags["fk"].rpartition(".")
        target = project.find(reference)
        if target.column(name) is None:
            raise ValueError(f"{table.key}.{column.name}: `{flags['fk']}` is no column")
        to = f"source('{target.source}', '{target.name}')" if target.source else f"ref('{target.name}')"
        yield test(table, column, "relationships", {"to": to, "field": name}, target)


def query(table, column, kind, arguments, target):
    """Gives the SQL of a test."""
    name, relation = column.name, sql.relation(table)
    if kind == "unique":
        return f"select {name}, count(*) from {relation} where {name} is not null group by {name} having count(*) > 1"
    if kind == "not_null":
        return f"select {name} from {relation} where {name} is null"
    if kind == "accepted_values":
        values = ", ".join(f"'{value}'" for value in arguments["values"])
        return f"select {name}, count(*) from {relation} where {name} not in ({values}) group by {name}"
    field = arguments["field"]
    return (
        f"select child.{name} from {relation} as child left join {sql.relation(target)} as parent "
        f"on child.{name} = parent.{field} where child.{name} is not null and parent.{field} is null"
    )


def test(table, column, kind, arguments, target=None):
    """Gives one test node."""
    project = table.project
    prefix = f"source_{kind}_{table.source}" if table.source else kind
    words = [prefix, table.name, column.name]
    words += ["__".join(arguments["values"])] if kind == "accepted_values" else []
    words += [arguments["field"], target.name] if target is not None else []
    long_name = "_".join(words).replace("-", "_")
    digest = hashlib.md5(long_name.encode()).hexdigest()
    name = long_name if len(long_name) < 64 else f"{long_name[:30]}_{digest}"
    folder = f"models/staging/{table.source}" if table.source else "models"
    above = [table] if target is None else [target, table]
    model = f"source('{table.source}', '{table.name}')" if table.source else f"ref('{table.name}')"
    kwargs = arguments | {"column_name": column.name, "model": "{{ get_where_subquery(" + model + ") }}"}
    return {
        "database": DATABASE,
        "schema": f"{project.name}_dbt_test__audit",
        "name": name,
        "resource_type": "test",
        "package_name": project.name,
        "path": f"{name}.sql",
        "original_file_path": f"{folder}/_schema.yml",
        "unique_id": f"test.{project.name}.{name}.{digest[:10]}",
        "fqn": [project.name, name],
        "alias": name,
        "checksum": {"name": "none", "checksum": ""},
        "config": {"enabled": True, "severity": "ERROR", "materialized": "test", "meta": {}, "tags": []},
        "tags": [],
        "description": "",
        "columns": {},
        "meta": {},
        "group": None,
        "docs": {"show": True, "node_color": None},
        "relation_name": None,
        "raw_code": "{{ test_" + kind + "(**_dbt_generic_test_kwargs) }}",
        "language": "sql",
        "refs": [{"name": t.name, "package": None, "version": None} for t in above if not t.source],
        "sources": [[t.source, t.name] for t in above if t.source],
        "metrics": [],
        "depends_on": {"macros": [f"macro.dbt.test_{kind}"], "nodes": [unique_id(t) for t in above]},
        "compiled": True,
        "compiled_code": query(table, column, kind, arguments, target),
        "column_name": column.name,
        "file_key_name": f"sources.{table.source}.{table.name}" if table.source else f"models.{table.name}",
        "attached_node": None if table.source else unique_id(table),
        "test_metadata": {"name": kind, "kwargs": kwargs, "namespace": None},
    }
