"""The editor of work instructions: writing, trying out, and document control.

``model``, ``edits``, ``places`` and ``check_forms`` know nothing of Qt: an edit makes a new immutable work master, and one
stack of commands takes every edit back. The other modules show it: the window, its pages, and the forms.
"""
