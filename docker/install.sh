#!/bin/sh
# Installs newsarchive into FOLDER, which becomes a virtual environment of its own:
# `install.sh FOLDER [EXTRAS]`, EXTRAS with commas between. PYTHON names the Python, if not python3.
#
# The versions are those of requirements.lock. What is only needed to install does not stay.
set -eu

folder=${1:?usage: install.sh FOLDER [EXTRAS]}
extras=${2:-}
source=$(cd "$(dirname "$0")/.." && pwd)
python=$folder/bin/python

"${PYTHON:-python3}" -m venv "$folder"
"$python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$source/requirements.lock" "$source${extras:+[$extras]}"
"$python" -m pip uninstall --quiet --yes setuptools pip
"$folder/bin/newsarchive" --version
