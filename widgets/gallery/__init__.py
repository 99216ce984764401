"""Every widget in every state, in a window or as pictures: ``python -m widgets.gallery [--offscreen DIR]``."""
