"""Cameras of every kind behind one protocol, each with a thread of its own; see :mod:`drivers.cameras.opening`.

Import the modules; nothing is loaded here, because OpenCV takes time and memory that not every process needs.
"""
