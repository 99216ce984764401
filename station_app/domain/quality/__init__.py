"""Quality statistics: control charts, run rules, capability, gauge studies, acceptance sampling, rounding.

Pure computing on numbers that are passed in: numpy, scipy and the standard library, no files and no clock. Every
result names the convention it was computed by (estimator, constants, rule settings, edition), because authorities
differ.

=================== =============================================================================
`readings`          subgroups of readings, with what is missing; their means, ranges, s
`table`             the text of a table (a gauge's export, a CSV file) -> rows of numbers
`constants`         d2, d3, c4 and the chart factors, exact
`sigma`             estimates of the standard deviation within subgroups
`kinds`             the charts' names: `ChartKind`
`chart`             what a chart is: `Chart`, `Panel`, `ControlLimits`, `ChartOptions`
`variables_charts`  `xbar_r`, `xbar_s`, `i_mr`
`attribute_charts`  `p_chart`, `np_chart`, `c_chart`, `u_chart`, with Laney's p' and u'
`weighted_charts`   `ewma`, `cusum`
`run_rules`         Nelson's and Western Electric's rules: `RunRules`, `Violations`
`rule_search`       `find_violations`: the search for broken rules
`capability`        Cp, Cpk, Cpm, Pp, Ppk with intervals; `histogram`
`gauge_study`       gauge R&R by ANOVA and by average and range
`sampling`          ISO 2859-1 single sampling plans (`sampling_tables`), `switching` between severities
`rounding`          comparison with a limit by ASTM E29
`distributions`     the quantiles these need; the only place that loads scipy
=================== =============================================================================
"""
