"""Inspection: plans, results, lots and gauges, as values and rules. Decision 18 says why it is as it is.

================= ==============================================================================
`plan`            `InspectionPlan` and its `Characteristic`: published master data, pinned by content
`plan_comparison` what differs between two versions of a plan
`governing`       how a plan and the steps of an instruction meet: the plan's limits win
`sampling`        which characteristics are due on a unit, and how many pieces of a lot
`entry`           a reading's text -> what is judged, and the verdict
`results`         `Inspections`: the fold of everything that was entered, confirmed and decided
`lots`            the series of lots and their switching (ISO 2859-1)
`gauges`          `GaugeRegister`: calibrations, status, and what was measured with which gauge
`units`           lengths and angles converted by their declared units, nothing else
`qif`             results of coordinate measuring machines (QIF 2.1, 3.0)
================= ==============================================================================
"""
