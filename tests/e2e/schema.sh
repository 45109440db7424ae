#!/usr/bin/env bash
# The JSON Schema of .dig files, as an editor uses it: accepts what runs, refuses what cannot. First
# argument: the program.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
cd "$(dirname "$0")/../.."
schema=$(mktemp)
trap 'rm -f "$schema"' EXIT
"$program" schema dig >"$schema"
# Debian's, which has the packages that packages.txt names.
/usr/bin/python3 - "$schema" "$program" <<'PYTHON'
import glob, json, pathlib, subprocess, sys, tempfile, yaml
import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

# As editors read it: text stays text but for what YAML 1.2 takes for something else, and an
# !include is a key without a name.
class Loader(yaml.SafeLoader):
    pass
Loader.add_constructor("!include", lambda loader, node: "!include")
Loader.yaml_implicit_resolvers = {
    first: [(tag, match) for tag, match in found if tag.endswith((":null", ":merge"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}
import re
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|false|False)$"), list("tTfF"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[+-]?[0-9]+$"), list("+-0123456789"))

def read(text):
    return yaml.load(text, Loader)

def errors(text):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:150]}" for e in validator.iter_errors(read(text))]

failures = accepted = refused = 0
def accepts(text, name):
    global failures, accepted
    accepted += 1
    found = errors(text)
    if found:
        failures += 1
        print(f"FAILED: {name} is refused:\n{text}\n  " + "\n  ".join(found))

def refuses(text):
    global failures, refused
    refused += 1
    if not errors(text):
        failures += 1
        print(f"FAILED: accepted:\n{text}")

# Whatever the tests and examples run.
for path in glob.glob("examples/**/*.dig", recursive=True):
    accepts(open(path).read(), path)
# ...and whatever has no error, also where the run fails.
for path in glob.glob("tests/cases/run/*.yml"):
    for case in yaml.safe_load(open(path)):
        texts = {name: text for name, text in (case.get("files") or {}).items()
                 if (name.endswith(".dig") or "." not in name) and isinstance(text, str)}
        broken = set()
        if case.get("exit", 0) != 0 or "error" in case:
            with tempfile.TemporaryDirectory() as folder:
                for name, text in (case.get("files") or {}).items():
                    whole = pathlib.Path(folder, name if "." in name else name + ".dig")
                    whole.parent.mkdir(parents=True, exist_ok=True)
                    whole.write_text(text if isinstance(text, str) else "")
                found = subprocess.run([sys.argv[2], "check", "--json", "--project", folder],
                                       capture_output=True, text=True)
                findings = json.loads(found.stdout)["findings"]
                broken = {f["file"] for f in findings if f["severity"] == "error"}
        for name, text in texts.items():
            if not broken & {name, name + ".dig", ""}:
                accepts(text, f"{path}: {case['name']}: {name}")

accepts("_export:\n+a:\n  _export:\n  echo>: x\n", "an empty _export")
accepts("+a:\n  wait>: 10s\n  blocking: ${b}\n", "a template for a boolean")
accepts("+a:\n  any>: 1\n  whatever: [1]\n", "a word that somebody may have brought")
accepts("_export: {plugin: {operators: {ecko: x}}}\n+a: {+b: {ecko>: 1}}\n", "an own operator near to ours")
accepts("+a: {_export: {plugin: {operators: {ecko: x}}}, +b: {loop>: 2, _do: {ecko>: 1}}}\n", "the same below a task")
accepts("_export:\n  !include : 'x.dig'\n+a: {ecko>: 1}\n", "the same in another file")
accepts("+a:\n- {sh>: x}\n- {shell: [sh]}\n", "a task in pieces")
accepts("+a: {_type: require, _command: b, rerun_on: all}\n", "_type")
accepts("+a: {_disable: true, x: 1}\n", "a disabled task")
accepts("schedule: {daily>: 07:00:00, foo: 1}\n", "what is told of when it runs")
accepts("+a: {sh>: x, _retry: {limit: 1, interval_type: EXPONENTIAL}}\n", "any case")
refuses("+a: {sh>: x, _retry: {limit: 1, interval_type: linear}}\n")
accepts("schedule:\ntimezone:\n", "nothing behind keys")
refuses("_exprt: {}\n")
refuses("+a: {_exprt: {}, echo>: x}\n")
refuses("+a: {_retrry: 3, +b: {echo>: x}}\n")
refuses("+a: {retry: 3, +b: {echo>: x}}\n")
refuses("+a: {ehco>: x}\n")
refuses("+a: {+b: {+c: {for_eahc>: {a: [1]}, _do: {echo>: x}}}}\n")
refuses("+a: {loop>: 2, _do: {ehco>: x}}\n")
refuses("+a: {+b: {_export: {plugin: {operators: {x: y}}}, x>: 1}, +c: {ehco>: 1}}\n")
refuses("+a: {wait>: 10s, blocking: yes}\n")
refuses("+a: {http>: x, timeout: soon}\n")
refuses("+a: {http>: x, headers: {a: b}}\n")
refuses("+a: {require>: b, rerun_on: sometimes}\n")
refuses("+a: {_type: require, _command: b, rerun_on: sometimes}\n")
refuses("+a: {sh>: x, echo>: y}\n")
refuses("+a: {loop>: 2, _do: {any>: 1, sh>: y}}\n")
refuses("+a: {sh>: x, +b: {echo>: y}}\n")
refuses("+a b: {sh>: x}\n")
refuses("+g: {+a/b: {sh>: x}}\n")
refuses("+g: {_do: {}, +\u3042: {sh>: x}}\n")
refuses("+g: {+" + "x" * 255 + ": {sh>: x}}\n")
refuses('+a: {sh>: x, _env: {"1X": 1}}\n')
refuses('+a: {_type: py, _command: x, _env: {"A-B": 1}}\n')
for word in ("loop>: 3", "for_each>: {a: [1]}", "for_range>: {from: 1, to: 2}", "if>: true",
             "_type: loop, _command: 3"):
    refuses("+a: {" + word + "}\n")
    refuses("+g: {+a: {" + word + "}}\n")
refuses("+a: {loop>: 2, _else_do: {echo>: x}}\n")
accepts("+a: {if>: true, _else_do: {echo>: x}}\n", "_else_do alone")
accepts("+a: {_disable: true, sh>: x, echo>: y, +b c: 1}\n", "whatever is in a disabled task")
accepts("+a:\n- {_disable: true}\n- {sh>: x, echo>: y}\n", "the same in pieces")
accepts("+a: {echo>: x, _env: {'1X': 1}}\n", "_env where nothing reads it")
accepts("+a: {sh>: x, _env: {A_1: 1, !include : 'x.yml'}}\n", "_env from a file")
accepts("+a=[x]{y}%&@`,.^-_9: {sh>: x}\n+: {sh>: x}\n", "signs in names")
refuses("+a: 1\n")
refuses("_export: [1]\n")
refuses("schedule: {dayly>: 07:00:00}\n")

# What an editor shows: a description for every option.
options = [o for rule in schema["$defs"]["keys"]["allOf"] for o in rule["then"]["properties"].values()]
assert len(options) > 80 and all(o["description"] for o in options), len(options)
if accepted < 50:
    failures += 1
    print(f"FAILED: only {accepted} files were read")
print(f"{accepted} accepted, {refused} refused")
sys.exit(1 if failures else 0)
PYTHON
echo ok
