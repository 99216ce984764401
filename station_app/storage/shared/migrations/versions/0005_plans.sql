-- Inspection plans under document control, in the same list of events as instructions: a plan's document is named "plan:" and its
-- id, its versions are published as "id@version". And answers to suggestions travel to the station that made them. Frozen: a
-- change is a new migration.

CREATE FUNCTION mes.is_plan(p_document_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT starts_with(p_document_id, 'plan:')
$$;

-- The id as people know it, and as it stands in the content.
CREATE FUNCTION mes.own_id(p_document_id text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN mes.is_plan(p_document_id) THEN substr(p_document_id, 6) ELSE p_document_id END
$$;

CREATE FUNCTION mes.document_noun(p_document_id text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN mes.is_plan(p_document_id) THEN 'inspection plan' ELSE 'instruction' END
$$;

CREATE FUNCTION mes.master_kind(p_document_id text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN mes.is_plan(p_document_id) THEN 'plan' ELSE 'work_master' END
$$;

CREATE FUNCTION mes.editing_roles(p_document_id text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN mes.is_plan(p_document_id) THEN ARRAY['process_engineer', 'quality_engineer', 'administrator']
        ELSE ARRAY['process_engineer', 'administrator'] END
$$;

CREATE OR REPLACE FUNCTION mes.check_document(p_document_id text, p_version text, p_sha256 text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_body bytea;
    v_content jsonb;
    v_missing text;
BEGIN
    SELECT c.body INTO v_body FROM mes.document_content AS c WHERE c.sha256 = p_sha256;
    IF v_body IS NULL THEN
        PERFORM mes.refuse_document('The content was not sent before it was saved.');
    END IF;
    BEGIN
        v_content := convert_from(v_body, 'UTF8')::jsonb;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        PERFORM mes.refuse_document(format('The content is no %s: it is not JSON.', mes.document_noun(p_document_id)));
    END;
    IF mes.own_id(p_document_id) = '' OR p_version = ''
        OR v_content ->> 'id' IS DISTINCT FROM mes.own_id(p_document_id)
        OR v_content ->> 'version' IS DISTINCT FROM p_version THEN
        PERFORM mes.refuse_document(format('The content is not %s %s.', mes.own_id(p_document_id), p_version));
    END IF;
    -- what only the other kind has: a plan is no instruction, whatever it is called
    IF mes.is_plan(p_document_id) = coalesce(v_content ? 'steps', false) THEN
        PERFORM mes.refuse_document(format('The content is no %s.', mes.document_noun(p_document_id)));
    END IF;
    SELECT f.name #>> '{}' INTO v_missing FROM jsonb_path_query(v_content, '$.**.sha256') AS f(name)
    WHERE NOT EXISTS (SELECT 1 FROM mes.blob AS b WHERE b.sha256 = f.name #>> '{}') LIMIT 1;
    IF v_missing IS NOT NULL THEN
        PERFORM mes.refuse_document(format('The file %s… of %s %s is not stored. Save it again.', left(v_missing, 12),
            mes.own_id(p_document_id), p_version));
    END IF;
END $$;

-- Who may change a document: its owner in a role that writes such documents, or an administrator.
CREATE FUNCTION mes.check_author(p_document_id text, p_person_id text, p_roles jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_owner text := mes.document_owner(p_document_id);
BEGIN
    IF NOT p_roles ?| mes.editing_roles(p_document_id) THEN
        PERFORM mes.refuse_document(format('Only %s and administrators may change %ss.',
            CASE WHEN mes.is_plan(p_document_id) THEN 'engineers' ELSE 'process engineers' END,
            mes.document_noun(p_document_id)));
    ELSIF v_owner <> '' AND v_owner <> p_person_id AND NOT p_roles ? 'administrator' THEN
        PERFORM mes.refuse_document(format('This %s belongs to %s.', mes.document_noun(p_document_id), v_owner));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION mes.check_saving(p_document_id text, p_version text, p_state text, p_sha256 text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_state NOT IN ('', 'draft') THEN
        PERFORM mes.refuse_document(format('Version %s is %s; it cannot change any more.', p_version, p_state));
    ELSIF EXISTS (SELECT 1 FROM mes.master_change AS m WHERE m.kind = mes.master_kind(p_document_id)
            AND m.id = mes.own_id(p_document_id) || '@' || p_version) THEN
        PERFORM mes.refuse_document(format('%s %s is published already. Begin a new version.', mes.own_id(p_document_id),
            p_version));
    END IF;
    PERFORM mes.check_document(p_document_id, p_version, p_sha256);
END $$;

CREATE OR REPLACE FUNCTION mes.check_document_event(
    p_document_id text, p_version text, p_event text, p_person_id text, p_roles jsonb, p_sha256 text, p_reason text,
    p_asked text[], p_role text, p_meaning text, p_policy text, p_effective_from text, p_owner text
) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_state text := mes.document_state(p_document_id, p_version);
BEGIN
    IF v_state = '' AND p_event <> 'saved' THEN
        PERFORM mes.refuse_document(format('%s %s was not saved yet.', mes.own_id(p_document_id), p_version));
    END IF;
    IF p_event IN ('saved', 'submitted', 'released', 'owner_changed')
        OR (p_event = 'withdrawn' AND NOT p_roles ? 'quality_engineer') THEN
        PERFORM mes.check_author(p_document_id, p_person_id, p_roles);
    END IF;
    IF p_event IN ('submitted', 'signed', 'released')
        AND p_sha256 IS DISTINCT FROM mes.document_sha256(p_document_id, p_version) THEN
        PERFORM mes.refuse_document(format('%s %s has another content by now. Look at it again first.',
            mes.own_id(p_document_id), p_version));
    END IF;
    CASE p_event
        WHEN 'saved' THEN
            PERFORM mes.check_saving(p_document_id, p_version, v_state, p_sha256);
        WHEN 'submitted' THEN
            PERFORM mes.check_submission(p_version, v_state, p_asked, p_reason);
            PERFORM mes.check_document(p_document_id, p_version, p_sha256);
        WHEN 'signed' THEN
            IF v_state <> 'in review' THEN
                PERFORM mes.refuse_document(format('Version %s is %s, not in review.', p_version, v_state));
            ELSIF btrim(p_meaning) = '' THEN
                PERFORM mes.refuse_document('A signature has a meaning.');
            END IF;
            PERFORM mes.check_signing(p_document_id, p_version, p_person_id, p_roles, p_role);
        WHEN 'sent_back' THEN
            IF v_state NOT IN ('in review', 'approved') OR btrim(p_reason) = '' THEN
                PERFORM mes.refuse_document('Only a version in review is sent back, with what has to change.');
            ELSIF NOT p_roles ?| ARRAY['quality_engineer', 'process_engineer', 'supervisor', 'administrator'] THEN
                PERFORM mes.refuse_document('Only reviewers and engineers may send a version back.');
            END IF;
        WHEN 'released' THEN
            PERFORM mes.check_release(p_version, v_state, p_policy, p_effective_from);
            PERFORM mes.check_document(p_document_id, p_version, p_sha256);
        WHEN 'withdrawn' THEN
            IF v_state NOT IN ('released', 'superseded') OR btrim(p_reason) = '' THEN
                PERFORM mes.refuse_document('Only a released version is withdrawn, with the reason.');
            END IF;
        WHEN 'owner_changed' THEN
            IF NOT mes.person_roles(p_owner) ?| mes.editing_roles(p_document_id) THEN
                PERFORM mes.refuse_document(format('%s cannot own an %s: no %sengineer.', p_owner,
                    mes.document_noun(p_document_id), CASE WHEN mes.is_plan(p_document_id) THEN '' ELSE 'process ' END));
            END IF;
        ELSE
            PERFORM mes.refuse_document(format('%s is not something that happens to an %s.', p_event,
                mes.document_noun(p_document_id)));
    END CASE;
END $$;

CREATE OR REPLACE FUNCTION mes.document_add(
    p_document_id text, p_version text, p_number integer, p_event text, p_person_id text, p_sha256 text, p_reason text,
    p_roles text[], p_role text, p_meaning text, p_method text, p_policy text, p_effective_from text, p_owner text
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_number integer;
    v_old text;
    v_sha256 text;
BEGIN
    PERFORM pg_advisory_xact_lock(5063764);
    IF p_number IS DISTINCT FROM (SELECT coalesce(max(e.number), 0) FROM mes.document_event AS e
            WHERE e.document_id = p_document_id AND e.version = p_version) THEN
        PERFORM mes.refuse_document(format('%s %s was changed by somebody else meanwhile. Look at it again first.',
            mes.own_id(p_document_id), p_version));
    END IF;
    PERFORM mes.check_document_event(p_document_id, p_version, p_event, p_person_id, mes.person_roles(p_person_id), p_sha256,
        p_reason, p_roles, p_role, p_meaning, p_policy, p_effective_from, p_owner);
    v_sha256 := CASE WHEN p_event = 'saved' THEN p_sha256 ELSE mes.document_sha256(p_document_id, p_version) END;
    v_number := mes.insert_document_event(p_document_id, p_version, p_event, p_person_id, v_sha256, p_reason, p_roles, p_role,
        p_meaning, p_method, p_policy, p_effective_from, p_owner);
    IF p_event = 'released' THEN
        PERFORM mes.publish(mes.master_kind(p_document_id), mes.own_id(p_document_id) || '@' || p_version,
            mes.document_body(v_sha256), 'put');
        FOR v_old IN SELECT v.version FROM (SELECT DISTINCT e.version FROM mes.document_event AS e
                WHERE e.document_id = p_document_id AND e.version <> p_version) AS v
            WHERE mes.document_state(p_document_id, v.version) = 'released' ORDER BY v.version
        LOOP
            PERFORM mes.insert_document_event(p_document_id, v_old, 'superseded', p_person_id,
                mes.document_sha256(p_document_id, v_old), 'superseded by ' || p_version, '{}', '', '', '', '',
                p_effective_from, '');
            PERFORM mes.publish_release(p_document_id, v_old);
        END LOOP;
    END IF;
    IF p_event IN ('released', 'withdrawn') THEN
        PERFORM mes.publish_release(p_document_id, p_version);
    END IF;
    RETURN v_number;
END $$;

-- Inspections by the versions of a plan: units, or lots where a lot was inspected.
CREATE FUNCTION mes.plan_uses(p_plan_id text)
RETURNS TABLE (version text, sha256 text, station text, subject text, order_id text, at timestamp with time zone)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.plan_version, i.plan_sha256, i.station, CASE WHEN i.serial = '' THEN i.lot ELSE i.serial END, i.order_id,
        i.corrected_time
    FROM mes.inspection_started AS i WHERE i.plan_id = p_plan_id
$$;

CREATE OR REPLACE FUNCTION mes.document_units(p_document_id text)
RETURNS TABLE (version text, sha256 text, station text, units bigint, first_us bigint, last_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT u.version, u.sha256, u.station, count(DISTINCT u.subject),
        (extract(epoch FROM min(u.at)) * 1000000)::bigint, (extract(epoch FROM max(u.at)) * 1000000)::bigint
    FROM (
        SELECT j.work_master_version AS version, j.work_master_sha256 AS sha256, j.station, j.serial AS subject,
            j.corrected_time AS at
        FROM mes.job_state AS j WHERE j.work_master_id = p_document_id
        UNION ALL
        SELECT p.version, p.sha256, p.station, p.subject, p.at FROM mes.plan_uses(mes.own_id(p_document_id)) AS p
        WHERE mes.is_plan(p_document_id)
    ) AS u
    GROUP BY 1, 2, 3 ORDER BY 6 DESC, 3
$$;

CREATE OR REPLACE FUNCTION mes.document_serials(p_document_id text, p_version text, p_limit integer)
RETURNS TABLE (serial text, station text, order_id text, last_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT u.subject, u.station, u.order_id, (extract(epoch FROM max(u.at)) * 1000000)::bigint
    FROM (
        SELECT j.serial AS subject, j.station, j.order_id, j.corrected_time AS at
        FROM mes.job_state AS j WHERE j.work_master_id = p_document_id AND j.work_master_version = p_version
        UNION ALL
        SELECT p.subject, p.station, p.order_id, p.at FROM mes.plan_uses(mes.own_id(p_document_id)) AS p
        WHERE mes.is_plan(p_document_id) AND p.version = p_version
    ) AS u
    GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT least(p_limit, 10000)
$$;

-- The product and operation that a plan serves: as it was published or saved last.
CREATE FUNCTION mes.plan_serves(p_plan_id text) RETURNS TABLE (product text, operation text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.body ->> 'product', d.body ->> 'operation' FROM (
        SELECT convert_from(c.body, 'UTF8')::jsonb AS body, 1 AS source, e.place AS place
        FROM mes.document_event AS e JOIN mes.document_content AS c USING (sha256)
        WHERE e.document_id = 'plan:' || p_plan_id AND e.event = 'saved'
        UNION ALL
        SELECT convert_from(m.body, 'UTF8')::jsonb, 0, m.rev FROM mes.master AS m
        WHERE m.kind = 'plan' AND starts_with(m.id, p_plan_id || '@')
        ORDER BY source DESC, place DESC LIMIT 1
    ) AS d
$$;

-- The orders that name an instruction, with the version each names (empty: the newest); those that a plan's operation is part of.
CREATE OR REPLACE FUNCTION mes.document_orders(p_document_id text)
RETURNS TABLE (order_id text, product text, operation text, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.id, d.body ->> 'product', o.operation ->> 'id',
        CASE WHEN mes.is_plan(p_document_id) THEN '' ELSE coalesce(o.operation ->> 'work_master_version', '') END
    FROM mes.master AS m
    CROSS JOIN LATERAL (SELECT convert_from(m.body, 'UTF8')::jsonb AS body) AS d
    CROSS JOIN LATERAL jsonb_array_elements(d.body -> 'operations') AS o(operation)
    WHERE m.kind = 'order' AND CASE WHEN mes.is_plan(p_document_id)
        THEN EXISTS (SELECT 1 FROM mes.plan_serves(mes.own_id(p_document_id)) AS s
            WHERE s.product = d.body ->> 'product' AND s.operation = o.operation ->> 'id')
        ELSE o.operation ->> 'work_master_id' = p_document_id END
    ORDER BY m.id
$$;

-- A published instruction or plan never changes, whoever publishes: other content under the same version is refused, and so is
-- going around a review. A release is what document control says, and nothing else.
CREATE OR REPLACE FUNCTION mes.keep_published() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_name text := CASE WHEN NEW.kind = 'plan' THEN 'plan:' || NEW.id ELSE NEW.id END;
    v_document_id text;
    v_version text;
    v_content jsonb;
BEGIN
    SELECT e.document_id, e.version INTO v_document_id, v_version FROM mes.document_event AS e
    WHERE e.document_id || '@' || e.version = v_name LIMIT 1;
    IF NEW.kind = 'release' THEN
        IF v_document_id IS NULL OR NEW.op <> 'put' OR NEW.body IS DISTINCT FROM mes.release_body(v_document_id, v_version) THEN
            PERFORM mes.refuse_document(format('The release of %s is for document control to publish.', mes.own_id(NEW.id)));
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.kind = 'plan' AND NEW.op = 'put' THEN
        BEGIN
            v_content := convert_from(NEW.body, 'UTF8')::jsonb;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            PERFORM mes.refuse_document(format('%s is no inspection plan: it is not JSON.', NEW.id));
        END;
        -- a program that knows no versions of plans would change one in place
        IF NEW.id IS DISTINCT FROM (v_content ->> 'id') || '@' || coalesce(v_content ->> 'version', '1') THEN
            PERFORM mes.refuse_document(format('The plan %s is published as ID@VERSION of its content. Use a newer program.',
                NEW.id));
        END IF;
    END IF;
    IF NEW.op = 'put' AND EXISTS (SELECT 1 FROM mes.master_change AS m WHERE m.kind = NEW.kind AND m.id = NEW.id
            AND m.op = 'put' AND m.sha256 <> NEW.sha256) THEN
        PERFORM mes.refuse_document(format('%s is published already with other content. Give it a new version.', NEW.id));
    ELSIF NEW.op = 'put' AND v_document_id IS NOT NULL AND (NEW.sha256 <> mes.document_sha256(v_document_id, v_version)
            OR mes.document_state(v_document_id, v_version) NOT IN ('released', 'superseded', 'withdrawn')) THEN
        PERFORM mes.refuse_document(format('%s is under document control and not released there.', NEW.id));
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER keep_published ON mes.master_change;
CREATE TRIGGER keep_published BEFORE INSERT ON mes.master_change
FOR EACH ROW WHEN (NEW.kind IN ('work_master', 'release', 'plan')) EXECUTE FUNCTION mes.keep_published();

-- Plans that were published under their id alone stand under "id@version" from now on, with the content they had.
DO $$
DECLARE
    v_plan record;
    v_content jsonb;
BEGIN
    FOR v_plan IN SELECT m.id, m.body FROM mes.master AS m WHERE m.kind = 'plan' AND m.id NOT LIKE '%@%' ORDER BY m.rev LOOP
        v_content := convert_from(v_plan.body, 'UTF8')::jsonb;
        PERFORM mes.publish('plan', (v_content ->> 'id') || '@' || coalesce(v_content ->> 'version', '1'), v_plan.body, 'put');
        PERFORM mes.publish('plan', v_plan.id, ''::bytea, 'remove');
    END LOOP;
END $$;

-- An answer goes back to the floor as master data: stations pull it, and show it where it was suggested and to who suggested it.
CREATE FUNCTION mes.publish_answer(p_suggestion_id text) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT mes.publish('suggestion_answer', s.suggestion_id, convert_to(json_build_object(
        'id', s.suggestion_id,
        'work_master_id', s.work_master_id,
        'version', s.work_master_version,
        'step_id', s.step_id,
        'station', s.station,
        'actor', s.actor,
        'suggestion', s.text,
        'answer', a.answer,
        'answered_by', coalesce((SELECT convert_from(m.body, 'UTF8')::jsonb ->> 'name' FROM mes.master AS m
            WHERE m.kind = 'person' AND m.id = a.person_id), a.person_id),
        'answered_us', (extract(epoch FROM a.received_at) * 1000000)::bigint
    )::text, 'UTF8'), 'put')
    FROM mes.suggestion_answer AS a JOIN mes.change_suggested AS s USING (suggestion_id)
    WHERE a.suggestion_id = p_suggestion_id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION mes.answer_suggestion(p_suggestion_id text, p_person_id text, p_answer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT mes.person_roles(p_person_id) ?| ARRAY['process_engineer', 'quality_engineer', 'administrator'] THEN
        PERFORM mes.refuse_document('Suggestions are answered by engineers.');
    ELSIF btrim(p_answer) = '' THEN
        PERFORM mes.refuse_document('Write an answer; whoever suggested it will read it.');
    ELSIF length(p_answer) > 2000 THEN
        PERFORM mes.refuse_document('An answer has at most 2000 characters.');
    ELSIF NOT EXISTS (SELECT 1 FROM mes.change_suggested AS s WHERE s.suggestion_id = p_suggestion_id) THEN
        PERFORM mes.refuse_document('This suggestion is not known.');
    END IF;
    -- the lock of publishing first: two answers at once are published in the order in which they are kept
    PERFORM pg_advisory_xact_lock(5063764);
    INSERT INTO mes.suggestion_answer AS a (suggestion_id, person_id, answer) VALUES (p_suggestion_id, p_person_id, p_answer)
    ON CONFLICT (suggestion_id) DO UPDATE SET answer = excluded.answer, person_id = excluded.person_id,
        received_at = clock_timestamp();
    PERFORM mes.publish_answer(p_suggestion_id);
END $$;

DO $$
BEGIN
    PERFORM mes.publish_answer(a.suggestion_id) FROM mes.suggestion_answer AS a ORDER BY a.received_at;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mes FROM PUBLIC;
