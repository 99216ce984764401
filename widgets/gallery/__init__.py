"""All widgets in all their states, in a window or as pictures.

Run ``python -m widgets.gallery [--offscreen DIR]``.
"""
