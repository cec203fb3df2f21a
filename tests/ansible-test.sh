#!/usr/bin/env bash
# Run ansible-test (sanity or units) on this checkout with what PyPI alone offers: no container, no other download.
# VENV names another environment than .venv.
#
# ansible-test works only inside .../ansible_collections/multiregion/dynamodb and refuses a link there, so the files that
# Git knows or would add are copied into such a tree, with amazon.aws beside them. What stays in the checkout only isn't
# held to a collection's rules: the simulator has AWS's own texts, typographic quotes included.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD
venv=$checkout/${VENV:-.venv}
python=$venv/bin/python
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
work=$checkout/build/ansible-test-$version
tree=$work/ansible_collections/multiregion/dynamodb

rm -rf "$work/ansible_collections"
mkdir -p "$tree" "$work/home"
git ls-files -z --cached --others --exclude-standard -- ':!benchmarks' ':!molecule' ':!simulator' ':!tests/browser' \
  ':!tests/faults' ':!tests/simulator' | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi # a file removed but not yet committed is still listed
done | tar --create --null --files-from=- | tar --extract --directory "$tree"
git init --quiet "$tree" # or ansible-test asks the checkout's Git, which ignores this folder, and finds nothing to test
ln -s "$("$python" -c 'import os, ansible_collections.amazon.aws as aws; print(os.path.dirname(aws.__path__[0]))')" \
  "$work/ansible_collections/amazon"

# ansible-test passes no PIP_... variables on and the home below hides the user's files, so pip's settings (a mirror, a
# proxy's certificate) are written down before.
mkdir -p "$work/home/.config/pip"
"$python" -m pip config list | "$python" -c '
import ast, sys
settings = {"quiet": 1}
for line in sorted(sys.stdin, key=lambda line: line.startswith(":env:")):  # a variable wins over a file
    key, value = line.rstrip().split("=", 1)
    settings[key.rsplit(".", 1)[1]] = " ".join(ast.literal_eval(value).split())
print("[global]", *("%s = %s" % setting for setting in settings.items()), sep="\n")
' >"$work/home/.config/pip/pip.conf"

# A home of its own: ansible-test keeps its environments there, and looks there for a get-pip script before it downloads
# one. Python's bundled pip does the same job.
export HOME=$work/home
mkdir -p "$HOME/.ansible/test/cache"
get_pip=$("$python" -c '
from types import SimpleNamespace
from ansible_test._internal.python_requirements import get_venv_packages
version = get_venv_packages(SimpleNamespace(version="3.12"))["pip"]
print("get_pip_%s.py" % version.replace(".", "_"))')
cat > "$HOME/.ansible/test/cache/$get_pip" <<'END'
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *wanted]))
END

cd "$tree"
PATH=$venv/bin:$PATH ansible-test "$@" --local --python "$version" --color no
