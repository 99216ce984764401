"""Control charts of running work: points with what stands behind them, the chart as it is now, and what a new point means.

The statistics are in `domain.quality`; here they meet records.

============== ==============================================================================
`points`       `ChartPoint`, the history of each chart folded from records, and choosing points
`live`         `LiveChart`: provisional or frozen limits, broken rules of the newest point
`warning`      the early warning: a straight line through the last points, and where it leads
`signals`      `SignalBook`: signals, their causes, and the versions of frozen limits
`studies`      gauge studies (Gauge R&R) with their readings taken one by one
============== ==============================================================================
"""
