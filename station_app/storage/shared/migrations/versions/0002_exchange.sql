-- Which projected records name which unit, now with the kinds of schema version 2. Frozen.
CREATE OR REPLACE VIEW mes.unit_record AS
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.job_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.step_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.check_confirmed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.measurement AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.machine_value AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_consumed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_detached AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.evidence_captured AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.nonconformance AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.signature AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.equipment_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.alarm_transition AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.call_raised AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.comment AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.override AS t
    UNION ALL
    SELECT t.component_serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_consumed AS t
    UNION ALL
    SELECT t.component_serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_detached AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.job_parameters AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.tool_used AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.choice_made AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.text_entered AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.checklist_done AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.timer_started AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.timer_elapsed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.step_signed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.step_skipped AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.check_overridden AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.step_reopened AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.rework_started AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.hand_over AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.work_time AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.change_suggested AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.machine_window AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.tightening_result AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.sample_measured AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.attribute_inspected AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.inspection_decided AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.control_signal AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.signal_cause AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.inspection_started AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.result_confirmed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.evidence_derived AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.trend_comment AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.maintenance_requested AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.tag_written AS t;

REVOKE ALL ON ALL TABLES IN SCHEMA mes FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mes FROM PUBLIC;
GRANT SELECT ON
    mes.job_parameters,
    mes.tool_used,
    mes.choice_made,
    mes.text_entered,
    mes.checklist_done,
    mes.timer_started,
    mes.timer_elapsed,
    mes.step_signed,
    mes.step_skipped,
    mes.check_overridden,
    mes.step_reopened,
    mes.rework_started,
    mes.hand_over,
    mes.work_time,
    mes.change_suggested,
    mes.machine_window,
    mes.tightening_result,
    mes.sample_measured,
    mes.attribute_inspected,
    mes.inspection_decided,
    mes.gauge_calibrated,
    mes.gauge_status_changed,
    mes.control_limits_set,
    mes.control_signal,
    mes.signal_cause,
    mes.gauge_study_reading,
    mes.gauge_study_ended,
    mes.inspection_started,
    mes.result_confirmed,
    mes.sampling_resumed,
    mes.gauge_study_started,
    mes.evidence_derived,
    mes.evidence_removed,
    mes.trend_comment,
    mes.maintenance_requested,
    mes.tag_written,
    mes.esd_tested
TO mes_reader, mes_auditor;
