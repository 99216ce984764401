"""Derived tags (``calc://``): formulas over the values of other tags, computed as samples come."""

from drivers.calc.chain import faults_of, inputs_of
from drivers.calc.driver import CalcDriver
from drivers.calc.tree import FormulaError

__all__ = ["CalcDriver", "FormulaError", "faults_of", "inputs_of"]
