"""An import contract: an app sees only the public modules of another app."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AppSurfaceContract(Contract):  # type: ignore[misc]  # import-linter ships no types
    """Fails when ``apps.x.y`` imports ``apps.z.w`` and ``w`` is not public; tests are exempt."""

    apps = fields.StringField()
    public = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # import-linter calls it so
        root = self.apps.split(".")
        breaches = [
            (importer, imported)
            for importer in sorted(graph.modules)
            if self._app(importer, root) and ".tests" not in importer
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._is_breach(importer, imported, root)
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["breaches"]:
            output.print_error(f"{importer} imports {imported}, which is private to its app.")

    @staticmethod
    def _app(module: str, root: list[str]) -> str:
        parts = module.split(".")
        return parts[len(root)] if parts[: len(root)] == root and len(parts) > len(root) else ""

    def _is_breach(self, importer: str, imported: str, root: list[str]) -> bool:
        target = self._app(imported, root)
        if not target or target == self._app(importer, root):
            return False
        inner = imported.split(".")[len(root) + 1 :]
        return bool(inner) and inner[0] not in self.public
