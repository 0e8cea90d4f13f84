"""Reads the pages in `harbour-health/model` into plain objects, and works out what they leave to inheritance.

The pages' form is explained in `examples/README.md`.
"""

import re
from dataclasses import dataclass, field

GLOSSARY = "https://glossary.harbour-health.example/"
DATABASE = "harbour"


def slug(text):
    """Gives the slug that Isogloss makes of a name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


@dataclass
class Column:
    """A column. `upstream` is the (table, column) it is copied from, when it is a plain copy."""

    name: str
    type: str = ""
    flags: dict = field(default_factory=dict)
    description: str = ""
    expr: str = ""
    origin: str = ""
    upstream: tuple = None

    @property
    def classification(self):
        """`pii`, `phi`, another word or nothing."""
        for flag in ("pii", "phi"):
            if flag in self.flags:
                return flag
        return self.flags.get("class", "")


@dataclass
class Table:
    """A table: kind is source, import, seed, model or catalog."""

    kind: str
    name: str
    schema: str
    project: "Project"
    description: str = ""
    source: str = ""
    product: str = ""
    group: str = ""
    term: str = ""
    label: str = ""
    synonyms: list = field(default_factory=list)
    abbreviations: list = field(default_factory=list)
    froms: list = field(default_factory=list)
    joins: list = field(default_factory=list)
    where: str = ""
    lateral: str = ""
    latest: str = ""
    columns: list = field(default_factory=list)
    upstreams: list = field(default_factory=list)
    original: "Table" = None
    resolved: bool = False

    @property
    def key(self):
        """schema.table"""
        return f"{self.schema}.{self.name}"

    def column(self, name):
        """Finds a column by name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def iri(self):
        """The IRI that the connectors give the table."""
        return f"urn:isogloss:dataset:{self.project.source_name}/{DATABASE}.{self.key}"


@dataclass
class Project:
    """A dbt project or a catalog page."""

    kind: str
    name: str
    domain: str = ""
    groups: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    semantics: list = field(default_factory=list)
    metrics: list = field(default_factory=list)
    exposures: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    @property
    def source_name(self):
        """The name under which `isogloss.toml` loads it."""
        return f"dbt-{self.name}" if self.kind == "dbt" else self.name

    def find(self, reference):
        """Finds a table by `name`, `source.name` or, for imports and catalogs, `schema.name`."""
        if "." not in reference:
            found = [t for t in self.tables if t.name == reference and t.kind in ("model", "seed")]
        else:
            first, name = reference.split(".")
            found = [t for t in self.tables if t.name == name and first in (t.source, t.schema)]
        if len(found) != 1:
            raise ValueError(f"{self.name}: `{reference}` names {len(found)} tables")
        return found[0]


@dataclass
class Company:
    """Everything."""

    owners: list = field(default_factory=list)
    domains: list = field(default_factory=list)
    products: list = field(default_factory=list)
    projects: list = field(default_factory=list)
    usage: list = field(default_factory=list)

    def dbt_projects(self):
        """The dbt projects."""
        return [project for project in self.projects if project.kind == "dbt"]

    def catalogs(self):
        """The catalog pages."""
        return [project for project in self.projects if project.kind == "catalog"]

    def tables(self):
        """All tables that are not imports, by schema.table."""
        return {t.key: t for p in self.projects for t in p.tables if t.kind != "import"}

    def product_domain(self, name):
        """The domain of a data product."""
        return next(product["domain"] for product in self.products if product["name"] == name)

    def product_iri(self, name):
        """The IRI of a data product."""
        return f"urn:isogloss:product:mesh/{slug(self.product_domain(name))}/{slug(name)}"


def read(mesh):
    """Reads all pages of a mesh."""
    company = Company()
    folder = mesh / "model"
    read_mesh(company, folder / "mesh.txt")
    for path in sorted(folder.glob("*.txt")):
        if path.name not in ("mesh.txt", "usage.txt"):
            company.projects.append(PageReader(path).read())
    for project in company.projects:
        link_imports(company, project)
    for project in company.projects:
        for table in project.tables:
            resolve(company, table)
    read_usage(company, folder / "usage.txt")
    return company


def lines_of(path):
    """Gives (number, text) of the lines that say something."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text.strip() and not text.lstrip().startswith("#"):
            yield number, text


def cells(text):
    """Splits a line at its bars."""
    return [cell.strip() for cell in text.split(" | ")] if " | " in text else [text.strip()]


def read_mesh(company, path):
    """Reads owners, domains and products."""
    for _, text in lines_of(path):
        keyword, rest = text.split(" ", 1)
        values = [cell.strip() for cell in rest.split("|")]
        if keyword == "owner":
            company.owners.append(dict(zip(("name", "email", "description"), values)))
        elif keyword == "domain":
            company.domains.append(dict(zip(("name", "parent", "owner", "description"), values)))
        else:
            names = ("name", "domain", "owner", "status", "description")
            company.products.append(dict(zip(names, values)))


def read_usage(company, path):
    """Reads usage: dataset, who, how often, query."""
    for _, text in lines_of(path):
        dataset, who, count, query = (cell.strip() for cell in text.split("|", 3))
        company.usage.append({"dataset": dataset, "who": who, "count": int(count), "query": query})


COLUMN = re.compile(r"^\s+(\S+)\s*\|(.*)$")
DETAILS = ("product", "group", "term", "label", "where", "lateral", "latest")


class PageReader:
    """Reads one page: a dbt project or a catalog."""

    def __init__(self, path):
        self.path = path
        self.project = None
        self.table = None
        self.semantic = None
        self.schema = ""
        self.source = ""
        self.product = ""

    def read(self):
        """Reads the page."""
        for number, text in lines_of(self.path):
            try:
                self.line(text)
            except (ValueError, KeyError, IndexError, AttributeError) as error:
                raise ValueError(f"{self.path.name}:{number}: {error}") from error
        return self.project

    def line(self, text):
        """Reads one line."""
        if match := COLUMN.match(text):
            self.column(match[1], [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)", f" {match[2]} ")])
            return
        keyword, rest = text.split(None, 1)
        if text.startswith(" ") and self.semantic is not None:
            self.semantic["parts"].append((keyword, cells(rest)))
        elif text.startswith(" "):
            self.detail(keyword, rest.strip())
        else:
            self.semantic = None
            getattr(self, f"top_{keyword}")(cells(rest))

    def top_project(self, values):
        """`project NAME`"""
        self.project = Project("dbt", values[0])

    def top_catalog(self, values):
        """`catalog NAME`"""
        self.project = Project("catalog", values[0])

    def top_domain(self, values):
        """`domain NAME`"""
        self.project.domain = values[0]

    def top_group(self, values):
        """`group NAME | owner | mail`"""
        self.project.groups[values[0]] = {"name": values[1], "email": values[2]}

    def top_source(self, values):
        """`source NAME | schema | description`"""
        self.source, self.schema = values[0], values[1]
        self.project.sources[values[0]] = values[2]

    def top_schema(self, values):
        """`schema NAME`, in catalogs"""
        self.schema = values[0]

    def top_product(self, values):
        """`product NAME`, in catalogs, for the tables that follow; `-` for none"""
        self.product = "" if values[0] == "-" else values[0]

    def top_import(self, values):
        """`import SCHEMA TABLE`"""
        schema, name = values[0].split()
        self.add(Table("import", name, schema, self.project, source=schema))

    def top_table(self, values):
        """`table NAME | description`"""
        kind = "source" if self.project.kind == "dbt" else "catalog"
        source = self.source if kind == "source" else ""
        self.add(Table(kind, values[0], self.schema, self.project, values[1], source, self.product))

    def top_seed(self, values):
        """`seed NAME | description`"""
        self.add(Table("seed", values[0], f"{self.project.name}_seeds", self.project, values[1]))

    def top_model(self, values):
        """`model NAME | description`"""
        layer = {"stg": "_staging", "int": "_intermediate"}.get(values[0].split("_")[0], "")
        schema = self.project.name + layer
        self.add(Table("model", values[0], schema, self.project, values[1]))

    def top_semantic(self, values):
        """`semantic NAME | model | time column | description`"""
        names = ("name", "model", "time", "description")
        self.semantic = dict(zip(names, values), parts=[])
        self.project.semantics.append(self.semantic)

    def top_metric(self, values):
        """`metric NAME | simple MEASURE or ratio METRIC METRIC | label | description | term | product`"""
        names = ("name", "how", "label", "description", "term", "product")
        self.project.metrics.append(dict(zip(names, values)))

    def top_exposure(self, values):
        """`exposure NAME | type | label | description | owner | models`"""
        names = ("name", "type", "label", "description", "owner", "models")
        self.project.exposures.append(dict(zip(names, values)))

    def top_failure(self, values):
        """`failure TEST TABLE COLUMN | count | warn or fail`"""
        self.project.failures.append((tuple(values[0].split()), int(values[1]), values[2]))

    def add(self, table):
        """Starts a table."""
        self.table = table
        self.project.tables.append(table)

    def detail(self, keyword, rest):
        """Reads a line below a table that is not a column."""
        table = self.table
        if keyword in DETAILS:
            setattr(table, keyword, "" if rest == "-" else rest)
        elif keyword == "from":
            table.froms.extend(reference.strip() for reference in rest.split(","))
        elif keyword == "join":
            reference, how, condition = rest.split(" ", 2)
            table.joins.append((reference, how, condition))
        elif keyword in ("synonyms", "abbreviations"):
            setattr(table, keyword, [word.strip() for word in rest.split(",")])
        elif keyword == "=":
            for item in rest.split():
                name, _, origin = item.partition("<")
                table.columns.append(Column(name, origin=origin))
        else:
            raise ValueError(f"`{keyword}` is not known")

    def column(self, name, values):
        """Reads a column: name | type | flags | description | expression."""
        values += [""] * (4 - len(values))
        flags = {}
        for flag in values[1].split():
            key, _, value = flag.partition(":")
            flags[key] = value
        name, _, origin = name.partition("<")
        self.table.columns.append(Column(name, values[0], flags, values[2], values[3], origin))


def link_imports(company, project):
    """Tells imports which product they come from."""
    known = company.tables()
    for table in project.tables:
        if table.kind == "import":
            original = table.original = known[table.key]
            table.product, table.label = original.product, original.label
            table.description = f"Read from the {original.project.domain} domain: {original.description}"


def resolve(company, table):
    """Fills in what columns inherit from the tables they are copied from."""
    if table.resolved:
        return
    table.resolved = True
    if table.kind == "import":
        resolve(company, table.original)
        table.columns = [Column(c.name, c.type) for c in table.original.columns]
        return
    if table.kind != "model":
        if table.kind == "catalog":
            known = company.tables()
            table.upstreams = [known[reference] for reference in table.froms]
        return
    references = table.froms + [join[0] for join in table.joins]
    table.upstreams = [table.project.find(reference) for reference in references]
    for upstream in table.upstreams:
        resolve(company, upstream)
    for column in table.columns:
        if not column.expr:
            inherit(table, column)


def inherit(table, column):
    """Copies type, description and classification from the first upstream that has the column."""
    origin = column.origin or column.name
    for upstream in table.upstreams:
        found = upstream.column(origin)
        if found is not None:
            break
    else:
        raise ValueError(f"{table.key}.{column.name}: no upstream has `{origin}`")
    column.upstream = (upstream, found.name)
    column.type = column.type or found.type
    if upstream.original is not None:
        found = upstream.original.column(found.name)
    column.description = column.description or found.description
    for flag in ("pii", "phi"):
        if flag in found.flags:
            column.flags.setdefault(flag, "")

