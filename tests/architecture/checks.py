"""What a machine can see of our style: each check reads one file and names its breaches."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

Check = Callable[[PurePosixPath, str], Iterator[str]]

JUNK_FILES = {"utils", "helpers", "misc", "common", "util", "helper", "service", "services"}
JUNK_CLASSES = ("Service", "Helper", "Handler", "Processor", "Manager", "Utils")
JUNK_FUNCTIONS = ("handle_", "process_", "manage_", "do_")
DJANGO_HOOKS = {
    "process_exception", "process_view", "process_template_response", "handle_raw_input",
}  # fmt: skip
APP_FILES = {
    "README", "__init__", "choices", "models", "rules", "queries", "measures", "engine_io", "actions",
    "forms", "schemas", "views", "api", "tasks", "urls", "apps", "management", "templatetags",
    "personal_data",
    "refusals",
}  # fmt: skip
EDGES = {"views", "api", "forms", "tasks"}
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "update_or_create",
          "get_or_create", "atomic"}  # fmt: skip
MODULE_LINES, FUNCTION_LINES, VIEW_LINES = 400, 50, 25


def is_test(path: PurePosixPath) -> bool:
    return "tests" in path.parts or path.parts[0] == "tests" or path.name == "conftest.py"


def is_product(path: PurePosixPath) -> bool:
    return path.parts[0] == "src" and not is_test(path) and "migrations" not in path.parts


def app_part(path: PurePosixPath) -> str:
    """Give ``views`` for ``src/zhiqiao/apps/x/views.py`` and ``.../x/views/home.py``; else nothing."""
    parts = path.parts
    if parts[:3] != ("src", "zhiqiao", "apps") or len(parts) < 5:
        return ""
    return parts[4].removesuffix(".py")


def names(path: PurePosixPath, text: str) -> Iterator[str]:
    """Junk drawers, second-rate verbs, and files that an app may not have."""
    if path.suffix != ".py" or not is_product(path):
        return
    if path.stem in JUNK_FILES:
        yield f"{path}: a file called {path.stem} says nothing about what it holds"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and _has_junk_name(node):
            yield f"{path}:{node.lineno}: class {node.name} is named after no idea of the field"
        if isinstance(node, ast.FunctionDef) and _has_junk_verb(node):
            yield f"{path}:{node.lineno}: function {node.name} has no verb of its own"


def _has_junk_verb(node: ast.FunctionDef) -> bool:
    return node.name.startswith(JUNK_FUNCTIONS) and node.name not in DJANGO_HOOKS


def _has_junk_name(node: ast.ClassDef) -> bool:
    """A manager of Django's own kind keeps Django's word."""
    bases = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
    return node.name.endswith(JUNK_CLASSES) and not any("Manager" in base for base in bases)


def app_files(path: PurePosixPath, _text: str) -> Iterator[str]:
    """The same file names in every app."""
    part = app_part(path)
    if part == "sign_in":
        return  # the adapter that the authentication library loads by name, see ADR 0001
    if part and path.suffix == ".py" and is_product(path) and part not in APP_FILES:
        yield f"{path}: apps have the files {', '.join(sorted(APP_FILES))}"


def size(path: PurePosixPath, text: str) -> Iterator[str]:
    """Modules and functions that a person cannot take in."""
    if path.suffix != ".py" or "migrations" in path.parts or path.parts[0] == "bench":
        return  # a benchmark lists its hundred formulas in one place
    lines = text.count("\n")
    if lines > MODULE_LINES:
        yield f"{path}: {lines} lines; split at {MODULE_LINES} by noun"
    limit = VIEW_LINES if app_part(path) == "views" else FUNCTION_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _length(node)
            if length > limit:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines; the limit is {limit}"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function without its docstring: the contract of an engine may be as long as it needs."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    documented = ast.get_docstring(node, clean=False) is not None
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0)


def edges(path: PurePosixPath, text: str) -> Iterator[str]:
    """Views, forms, tasks and API neither query unscoped nor write."""
    if app_part(path) not in EDGES or not is_product(path) or path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            yield f"{path}:{node.lineno}: start from queries.…_visible_to, not from .objects"
        if _is_write(node):
            yield f"{path}:{node.lineno}: writing belongs in actions"


def _is_write(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not isinstance(node.func.value, ast.Dict | ast.Set)
    )


def hidden_logic(path: PurePosixPath, text: str) -> Iterator[str]:
    """No save() overrides and no signals: what happens stands in actions."""
    if app_part(path) != "models" or not is_product(path):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
            yield f"{path}:{node.lineno}: a model may not override {node.name}"


def hollow_tests(path: PurePosixPath, text: str) -> Iterator[str]:
    """A test that asserts nothing cannot fail."""
    if not (is_test(path) and path.name.startswith("test_") and path.suffix == ".py"):
        return
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and not _asserts(node)
        ):
            yield f"{path}:{node.lineno}: {node.name} asserts nothing"


ASSERTING = ("assert_", "expect_", "django_assert_")


def _asserts(test: ast.FunctionDef) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if name in {"raises", "warns", "expect"} or name.startswith(ASSERTING):
                return True
    return False


CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->|<[^>]*>|&\w+;", re.DOTALL)
TRANSLATED = re.compile(r"\{% blocktrans(?:late)?.*?\{% endblocktrans(?:late)? %\}", re.DOTALL)
COMMENT = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|<svg.*?</svg>|<code.*?</code>", re.DOTALL
)


def untranslated_text(path: PurePosixPath, text: str) -> Iterator[str]:
    """Source strings are English inside gettext; Chinese lives in locale, packs and data."""
    if not is_product(path) or path.suffix not in {".py", ".html"}:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if CHINESE.search(line) and path.name != "settings.py":
            yield f"{path}:{number}: Chinese belongs in locale, packs or data"
    if path.suffix == ".html":
        bare = TAG.sub(" ", TRANSLATED.sub(" ", COMMENT.sub(" ", text)))
        for word in re.findall(r"[A-Za-z]{4,}", bare):
            if word not in PROPER_NAMES:
                yield f"{path}: the word {word!r} stands outside of translate"


PROPER_NAMES = {"JSON", "Excel", "GitHub", "English"}
INLINE = (
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "an inline style"),
    (re.compile(r"<style\b", re.IGNORECASE), "a style element"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE), "an event attribute"),
    (re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE), "an inline script"),
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
)


def inline_code(path: PurePosixPath, text: str) -> Iterator[str]:
    """The content security policy allows neither inline style nor script."""
    if path.suffix == ".html" and is_product(path):
        for pattern, what in INLINE:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: {what}"


IMPURE_MODULES = {
    "os",
    "pathlib",
    "io",
    "time",
    "socket",
    "subprocess",
    "requests",
    "tempfile",
}
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "compile", "now", "today", "utcnow"}


def pure_engines(path: PurePosixPath, text: str) -> Iterator[str]:
    """Engines get arrays and give arrays: no files, no clock, no network."""
    if path.parts[:3] != ("src", "zhiqiao", "engines") or not is_product(path):
        return
    if path.suffix != ".py" or path.name == "compiled.py":
        return  # the compiler's own cache of machine code is the one file that an engine touches
    for node in ast.walk(ast.parse(text)):
        for module in _imported(node):
            if module.split(".")[0] in IMPURE_MODULES:
                yield f"{path}:{node.lineno}: an engine may not import {module}"  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and _called(node) in IMPURE_CALLS:
            yield f"{path}:{node.lineno}: an engine may not call {_called(node)}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _called(node: ast.Call) -> str:
    name: str = getattr(node.func, "id", "")
    if name:
        return name
    attribute: str = getattr(node.func, "attr", "")
    return attribute if attribute in {"now", "today", "utcnow"} else ""


CHECKS: tuple[Check, ...] = (
    names, app_files, size, edges, hidden_logic, hollow_tests, untranslated_text, inline_code,
    pure_engines,
)  # fmt: skip
