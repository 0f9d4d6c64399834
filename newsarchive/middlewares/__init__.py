"""Downloader middlewares: what happens between a spider and the network."""
