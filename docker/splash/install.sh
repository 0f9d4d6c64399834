#!/usr/bin/env bash
# Installs a real Splash 3.5 on Debian, without Docker: `install.sh FOLDER`, as root.
#
# Splash is a PyPI package over PyQt5 and QtWebKit, which only distributions build. It gets a venv
# in FOLDER, made of Debian's own Python that sees Debian's packages: pip's lupa breaks `/execute`.
# Some 90 MB are fetched, and take 0.4 GB.
set -euo pipefail

folder=${1:?usage: install.sh FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --yes --quiet --no-install-recommends \
  curl python3-lupa python3-pyqt5 python3-pyqt5.qtsvg python3-pyqt5.qtwebengine \
  python3-pyqt5.qtwebkit python3-venv

/usr/bin/python3 -m venv --system-site-packages "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
  --requirement "$here/requirements.txt"
"$folder/bin/python" "$here/serve.py" --version
