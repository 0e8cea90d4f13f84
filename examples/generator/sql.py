"""Writes the SQL of a model, once with references (raw) and once with relation names (compiled)."""

import re

from .model import DATABASE

AGGREGATE = re.compile(r"\b(sum|count|max|min|avg|bool_or)\s*\(")


def relation(table):
    """Gives the quoted relation name."""
    return f'"{DATABASE}"."{table.schema}"."{table.name}"'


def reference(table):
    """Gives the dbt reference to a table."""
    if table.source:
        return "{{ source('" + table.source + "', '" + table.name + "') }}"
    return "{{ ref('" + table.name + "') }}"


def is_aggregate(column):
    """True for an expression over many rows."""
    return bool(AGGREGATE.search(column.expr)) and " over (" not in column.expr


def expression(table, column):
    """Gives the expression of a column, with its alias."""
    if column.expr:
        return f"{column.expr} as {column.name}"
    upstream, name = column.upstream
    alias = "" if name == column.name else f" as {column.name}"
    return f"{upstream.name}.{name}{alias}"


def select(table, name_of):
    """Writes the SELECT of a model; `name_of` says how tables are written."""
    head = "select"
    if table.latest:
        head = f"select distinct on ({table.latest.split(' by ')[0]})"
    parts = [",\n".join("    " + expression(table, column) for column in table.columns)]
    sources = [f"from {name_of(table.upstreams[0])} as {table.upstreams[0].name}"]
    for (_, how, condition), upstream in zip(table.joins, table.upstreams[len(table.froms):]):
        condition = f"({condition})" if how == "using" else condition
        sources.append(f"left join {name_of(upstream)} as {upstream.name} {how} {condition}")
    if table.lateral:
        sources.append(table.lateral)
    if table.where:
        sources.append(f"where {table.where}")
    if any(is_aggregate(column) for column in table.columns):
        plain = [str(i) for i, c in enumerate(table.columns, 1) if not is_aggregate(c)]
        if plain:
            sources.append("group by " + ", ".join(plain))
    if table.latest:
        sources.append("order by " + ", ".join(table.latest.split(" by ")) + " desc")
    return "\n".join([head, *parts, *sources]) + "\n"


def raw(table):
    """The SQL as its author wrote it."""
    return select(table, reference)


def compiled(table):
    """The SQL as the database gets it."""
    return select(table, relation)


def used_columns(project):
    """Gives the columns of each import that the project's models use."""
    used = {t.name: set() for t in project.tables if t.kind == "import"}
    for table in project.tables:
        if table.kind == "import":
            continue
        for flagged in table.columns:
            target = flagged.flags.get("fk", "").split(".")
            if len(target) == 3 and target[1] in used:
                used[target[1]].add(target[2])
        if table.kind != "model":
            continue
        text = compiled(table)
        for upstream in table.upstreams:
            if upstream.kind == "import":
                names = re.findall(rf"\b{upstream.name}\.([a-z_0-9]+)", text)
                for _, how, condition in table.joins:
                    if how == "using":
                        names += [name.strip() for name in condition.split(",")]
                used[upstream.name].update(name for name in names if upstream.column(name))
    return used
