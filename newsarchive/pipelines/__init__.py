"""Item pipelines, one concern each; `settings.py` lists them in their order."""
