"""The services of models/services.txt, in its order."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def services():
    lines = (line.split("#")[0].strip() for line in (ROOT / "models" / "services.txt").read_text().splitlines())
    return [line for line in lines if line]
