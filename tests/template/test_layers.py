"""The layers as they are deployed: complete, small, byte-compiled, and enough for every handler."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.template import templates as stack

TARGETS = {"core": "build-CoreLayer", "crm": "build-CrmLayer"}
CLEAN_PYTHON = stack.ROOT / ".tools" / "rt-3.13" / "bin" / "python"
MEGABYTES = {"core": 45, "crm": 55}
UNCHECKED_HASH = 0b01
NOWHERE = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both layers, built as `sam build` does for this machine: the folder of each that is on a function's path."""
    built = {}
    for name, target in TARGETS.items():
        to = tmp_path_factory.mktemp(name)
        path = os.pathsep.join((str(Path(sys.executable).parent), str(stack.ROOT / ".tools/uv/bin"), os.environ["PATH"]))
        env = {**os.environ, "PATH": path, "ARTIFACTS_DIR": str(to), "LAYER_PLATFORM": "", "PYTHON": sys.executable}
        env.pop("MAKEFLAGS", None)
        done = subprocess.run(["make", target], cwd=stack.ROOT / "layers" / name, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        built[name] = to / "python"
    return built


@pytest.mark.parametrize("function", sorted(path.parent.name for path in stack.ROOT.glob("functions/*/app.py")))
def test_a_handler_needs_nothing_but_its_layers_and_boto3(function: str, layers: dict[str, Path]) -> None:
    (properties,) = [found for found in stack.functions().values() if found["CodeUri"] == f"functions/{function}"]
    chosen = [layers["crm"]] * ({"Ref": "CrmLayer"} in properties["Layers"]) + [layers["core"]]
    paths = [str(path) for path in (stack.ROOT / "functions" / function, *chosen)]
    code = f"import sys; sys.path[:0] = {paths!r}; import app; assert callable(app.handler); print(app.__file__)"
    env = {**NOWHERE, **dict.fromkeys(stack.variables(properties), "given")}
    done = subprocess.run([CLEAN_PYTHON, "-I", "-c", code], env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(stack.ROOT / "functions" / function / "app.py")


def test_what_is_imported_late_is_in_the_layers_too(layers: dict[str, Path]) -> None:
    code = f"""
import sys; sys.path[:0] = {[str(path) for path in layers.values()]!r}
import importlib
for name in {sorted(_imported())!r}: importlib.import_module(name)
from accolade.crm.hubspot.calls import Calls
Calls("token")  # makes every part of the vendor's client that is called
"""
    done = subprocess.run([CLEAN_PYTHON, "-I", "-c", code], env=NOWHERE, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def _imported() -> set[str]:
    """The modules of others that anything but the command imports, at its top or later."""
    found, core = set[str](), stack.ROOT / "layers" / "core" / "accolade"
    for path in core.rglob("*.py"):
        if path.is_relative_to(core / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            found |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            found |= {it.name for it in node.names} if isinstance(node, ast.Import) else set()
    return {name for name in found if name.partition(".")[0] not in ("accolade", "")}


def test_the_clean_interpreter_has_boto3_and_none_of_our_packages() -> None:
    code = "import boto3, importlib.util as u; print([n for n in ('pydantic', 'jinja2', 'accolade', 'moto') if u.find_spec(n)])"
    done = subprocess.run([CLEAN_PYTHON, "-I", "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@pytest.mark.parametrize("name", TARGETS)
def test_byte_code_is_there_and_never_goes_stale(name: str, layers: dict[str, Path]) -> None:
    sources = list(layers[name].rglob("*.py"))
    assert sources
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source)))
        head = compiled.read_bytes()[:8]
        assert head[:4] == importlib.util.MAGIC_NUMBER, source
        assert int.from_bytes(head[4:], "little") == UNCHECKED_HASH, source


@pytest.mark.parametrize("name", TARGETS)
def test_a_layer_is_small(name: str, layers: dict[str, Path]) -> None:
    size = sum(path.stat().st_size for path in layers[name].rglob("*") if path.is_file())
    assert size < MEGABYTES[name] * 1024 * 1024


def test_the_command_and_its_packages_stay_at_home(layers: dict[str, Path]) -> None:
    assert (layers["core"] / "accolade" / "wiring" / "__init__.py").exists()
    assert not (layers["core"] / "accolade" / "cli").exists()
    assert not any((folder / name).exists() for folder in layers.values() for name in ("typer", "rich", "pytest", "boto3"))


def test_the_catalogues_are_compiled_and_time_zones_are_known(layers: dict[str, Path]) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(layers['core'])!r})\n"
        "import zoneinfo; zoneinfo.reset_tzpath(())\n"
        "from accolade.texts import LANGUAGES, texts\n"
        "print([texts(language).number(1240) for language in LANGUAGES], zoneinfo.ZoneInfo('Europe/Amsterdam'))"
    )
    done = subprocess.run([CLEAN_PYTHON, "-I", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "['1,240', '1.240'] Europe/Amsterdam", done.stderr
    catalogues = list((layers["core"] / "accolade" / "texts" / "locales").rglob("*"))
    assert any(path.suffix == ".mo" for path in catalogues)
    assert not any(path.suffix == ".po" for path in catalogues)
