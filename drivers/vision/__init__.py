"""Looking at pictures: safe decoding, codes, sharpness and brightness, and a verdict in sentences.

Import the modules; nothing is loaded here, because OpenCV takes time and memory that not every process needs.
"""
