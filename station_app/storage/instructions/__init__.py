"""Work masters as people author them: folders with TOML, Markdown and media, read, checked and written."""
