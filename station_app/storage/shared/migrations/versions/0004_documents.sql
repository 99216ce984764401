-- Document control of instructions: contents by their hash, the events of every version, suggestions and their answers. The
-- functions decide once more what station_app/domain/document_control.py decides, so that no client can go around it. MES20: not
-- allowed, with a message for a person. Frozen: a change is a new migration.

CREATE TABLE mes.document_content (
    sha256 TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (sha256)
);

CREATE TABLE mes.document_event (
    place BIGINT NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    number INTEGER NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    roles TEXT[] COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    meaning TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    effective_from TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (document_id, version, number),
    UNIQUE (place)
);

CREATE TABLE mes.suggestion_answer (
    suggestion_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (suggestion_id)
);

CREATE FUNCTION mes.refuse_document(p_message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', p_message USING ERRCODE = 'MES20';
END $$;

-- The state of a version: that of its last event which changed it.
CREATE FUNCTION mes.document_state(p_document_id text, p_version text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_event mes.document_event;
    v_state text := '';
    v_missing text[];
BEGIN
    FOR v_event IN
        SELECT e.* FROM mes.document_event AS e
        WHERE e.document_id = p_document_id AND e.version = p_version ORDER BY e.number
    LOOP
        CASE v_event.event
            WHEN 'saved' THEN v_state := 'draft';
            WHEN 'submitted' THEN v_state := 'in review'; v_missing := v_event.roles;
            WHEN 'signed' THEN
                v_missing := array_remove(v_missing, v_event.role);
                IF cardinality(v_missing) = 0 THEN v_state := 'approved'; END IF;
            WHEN 'sent_back' THEN v_state := 'draft';
            WHEN 'released' THEN v_state := 'released';
            WHEN 'superseded' THEN v_state := 'superseded';
            WHEN 'withdrawn' THEN v_state := 'withdrawn';
            ELSE NULL;
        END CASE;
    END LOOP;
    RETURN v_state;
END $$;

-- Who saved a document first, or whom it was given to last. Their place is the order of all events, whatever the clock says.
CREATE FUNCTION mes.document_owner(p_document_id text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT e.owner FROM mes.document_event AS e
            WHERE e.document_id = p_document_id AND e.event = 'owner_changed' ORDER BY e.place DESC LIMIT 1),
        (SELECT e.person_id FROM mes.document_event AS e
            WHERE e.document_id = p_document_id ORDER BY e.place LIMIT 1),
        '')
$$;

-- The content that is in review or later: that of the last save.
CREATE FUNCTION mes.document_sha256(p_document_id text, p_version text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT e.sha256 FROM mes.document_event AS e
        WHERE e.document_id = p_document_id AND e.version = p_version AND e.event = 'saved'
        ORDER BY e.number DESC LIMIT 1), '')
$$;

CREATE FUNCTION mes.document_put(p_body bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_sha256 text := encode(sha256(p_body), 'hex');
BEGIN
    IF octet_length(p_body) > 16777216 THEN
        PERFORM mes.refuse_document('An instruction has at most 16 MiB of text.');
    END IF;
    INSERT INTO mes.document_content (sha256, body) VALUES (v_sha256, p_body) ON CONFLICT DO NOTHING;
    RETURN v_sha256;
END $$;

-- Refuses a content that is not there, is not that version of that document, or names files that are not stored.
CREATE FUNCTION mes.check_document(p_document_id text, p_version text, p_sha256 text) RETURNS void
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
        PERFORM mes.refuse_document('The content is no instruction: it is not JSON.');
    END;
    IF p_document_id = '' OR p_version = '' OR v_content ->> 'id' IS DISTINCT FROM p_document_id
        OR v_content ->> 'version' IS DISTINCT FROM p_version THEN
        PERFORM mes.refuse_document(format('The content is not %s %s.', p_document_id, p_version));
    END IF;
    SELECT f.name #>> '{}' INTO v_missing FROM jsonb_path_query(v_content, '$.**.sha256') AS f(name)
    WHERE NOT EXISTS (SELECT 1 FROM mes.blob AS b WHERE b.sha256 = f.name #>> '{}') LIMIT 1;
    IF v_missing IS NOT NULL THEN
        PERFORM mes.refuse_document(format('The file %s… of %s %s is not stored. Save it again.', left(v_missing, 12),
            p_document_id, p_version));
    END IF;
END $$;

CREATE FUNCTION mes.document_body(p_sha256 text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.body FROM mes.document_content AS c WHERE c.sha256 = p_sha256
$$;

-- The events of one document, or of all (an empty id), in the order they happened.
CREATE FUNCTION mes.document_events(p_document_id text)
RETURNS TABLE (document_id text, version text, number integer, event text, person_id text, printed_name text,
    at_us bigint, sha256 text, reason text, roles text[], role text, meaning text, method text, policy text,
    effective_from text, owner text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.document_id, e.version, e.number, e.event, e.person_id, e.printed_name,
        (extract(epoch FROM e.received_at) * 1000000)::bigint, e.sha256, e.reason, e.roles, e.role, e.meaning,
        e.method, e.policy, e.effective_from, e.owner
    FROM mes.document_event AS e WHERE p_document_id = '' OR e.document_id = p_document_id
    ORDER BY e.place
$$;

CREATE FUNCTION mes.last_submission(p_document_id text, p_version text) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(e.number), 0) FROM mes.document_event AS e
    WHERE e.document_id = p_document_id AND e.version = p_version AND e.event = 'submitted'
$$;

-- What the stations must know of a released version, in its present state.
CREATE FUNCTION mes.release_body(p_document_id text, p_version text) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT convert_to(json_build_object(
        'id', p_document_id || '@' || p_version,
        'work_master_id', p_document_id,
        'version', p_version,
        'sha256', mes.document_sha256(p_document_id, p_version),
        'number', (SELECT count(*) FROM mes.document_event AS o
            WHERE o.document_id = p_document_id AND o.event = 'released' AND o.place <= r.place),
        'state', mes.document_state(p_document_id, p_version),
        'policy', r.policy,
        'effective_from', r.effective_from,
        'reason', coalesce((SELECT w.reason FROM mes.document_event AS w
            WHERE w.document_id = p_document_id AND w.version = p_version AND w.event IN ('submitted', 'withdrawn')
            ORDER BY w.number DESC LIMIT 1), ''),
        'released_by', r.printed_name,
        'signatures', (SELECT coalesce(json_agg(s.role || ': ' || s.printed_name ORDER BY s.number), '[]'::json)
            FROM mes.document_event AS s
            WHERE s.document_id = p_document_id AND s.version = p_version AND s.event = 'signed'
              AND s.number > mes.last_submission(p_document_id, p_version))
    )::text, 'UTF8')
    FROM mes.document_event AS r
    WHERE r.document_id = p_document_id AND r.version = p_version AND r.event = 'released'
$$;

CREATE FUNCTION mes.publish_release(p_document_id text, p_version text) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT mes.publish('release', p_document_id || '@' || p_version, mes.release_body(p_document_id, p_version), 'put')
$$;

-- Who may change a document: its owner as a process engineer, or an administrator.
CREATE FUNCTION mes.check_editor(p_person_id text, p_roles jsonb, p_owner text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT p_roles ?| ARRAY['process_engineer', 'administrator'] THEN
        PERFORM mes.refuse_document('Only process engineers and administrators may change instructions.');
    ELSIF p_owner <> '' AND p_owner <> p_person_id AND NOT p_roles ? 'administrator' THEN
        PERFORM mes.refuse_document(format('This instruction belongs to %s.', p_owner));
    END IF;
END $$;

-- The roles of an active person; refuses anybody else.
CREATE FUNCTION mes.person_roles(p_person_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_person jsonb;
BEGIN
    SELECT convert_from(m.body, 'UTF8')::jsonb INTO v_person FROM mes.master AS m
    WHERE m.kind = 'person' AND m.id = p_person_id;
    IF v_person IS NULL OR NOT coalesce((v_person ->> 'active')::boolean, true) THEN
        PERFORM mes.refuse_document(format('%s is not known as an active person.', p_person_id));
    END IF;
    RETURN coalesce(v_person -> 'roles', '[]'::jsonb);
END $$;

CREATE FUNCTION mes.check_saving(p_document_id text, p_version text, p_state text, p_sha256 text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_state NOT IN ('', 'draft') THEN
        PERFORM mes.refuse_document(format('Version %s is %s; it cannot change any more.', p_version, p_state));
    ELSIF EXISTS (SELECT 1 FROM mes.master_change AS m
            WHERE m.kind = 'work_master' AND m.id = p_document_id || '@' || p_version) THEN
        PERFORM mes.refuse_document(format('%s %s is published already. Begin a new version.', p_document_id, p_version));
    END IF;
    PERFORM mes.check_document(p_document_id, p_version, p_sha256);
END $$;

CREATE FUNCTION mes.check_submission(p_version text, p_state text, p_roles text[], p_reason text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_state <> 'draft' THEN
        PERFORM mes.refuse_document(format('Version %s is not a draft.', p_version));
    ELSIF cardinality(p_roles) = 0 OR p_roles IS DISTINCT FROM ARRAY(SELECT DISTINCT r FROM unnest(p_roles) AS r
            WHERE r IN ('quality_engineer', 'process_engineer', 'supervisor') ORDER BY r) THEN
        PERFORM mes.refuse_document('Choose the roles that approve it, each once.');
    ELSIF btrim(p_reason) = '' THEN
        PERFORM mes.refuse_document('Say why it changes.');
    END IF;
END $$;

CREATE FUNCTION mes.check_signing(p_document_id text, p_version text, p_person_id text, p_roles jsonb, p_role text)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_since integer := mes.last_submission(p_document_id, p_version);
BEGIN
    IF NOT p_roles ? p_role THEN
        PERFORM mes.refuse_document(format('%s does not sign as %s.', p_person_id, p_role));
    ELSIF EXISTS (SELECT 1 FROM mes.document_event AS e WHERE e.document_id = p_document_id
            AND e.version = p_version AND e.event = 'saved' AND e.person_id = p_person_id) THEN
        PERFORM mes.refuse_document('Who wrote a version does not approve it. Somebody else has to sign.');
    ELSIF EXISTS (SELECT 1 FROM mes.document_event AS e WHERE e.document_id = p_document_id
            AND e.version = p_version AND e.event = 'signed' AND e.number > v_since
            AND (e.person_id = p_person_id OR e.role = p_role)) THEN
        PERFORM mes.refuse_document('This person has signed already, or the signature of this role is there.');
    ELSIF NOT EXISTS (SELECT 1 FROM mes.document_event AS e WHERE e.document_id = p_document_id
            AND e.version = p_version AND e.number = v_since AND p_role = ANY (e.roles)) THEN
        PERFORM mes.refuse_document(format('The signature of %s is not asked for.', p_role));
    END IF;
END $$;

CREATE FUNCTION mes.check_release(p_version text, p_state text, p_policy text, p_effective_from text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_state <> 'approved' THEN
        PERFORM mes.refuse_document(format('Version %s is %s, not approved.', p_version, p_state));
    ELSIF p_policy NOT IN ('finish', 'next unit', 'ask') THEN
        PERFORM mes.refuse_document('Choose what running orders do: finish, next unit, ask.');
    END IF;
    IF p_effective_from <> '' THEN
        BEGIN
            IF p_effective_from !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' OR NOT isfinite(p_effective_from::date) THEN
                PERFORM mes.refuse_document('The day from which it is used is written as 2026-12-31.');
            END IF;
        EXCEPTION WHEN data_exception THEN
            PERFORM mes.refuse_document('The day from which it is used is written as 2026-12-31.');
        END;
    END IF;
END $$;

CREATE FUNCTION mes.check_document_event(
    p_document_id text, p_version text, p_event text, p_person_id text, p_roles jsonb, p_sha256 text, p_reason text,
    p_asked text[], p_role text, p_meaning text, p_policy text, p_effective_from text, p_owner text
) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_state text := mes.document_state(p_document_id, p_version);
BEGIN
    IF v_state = '' AND p_event <> 'saved' THEN
        PERFORM mes.refuse_document(format('%s %s was not saved yet.', p_document_id, p_version));
    END IF;
    IF p_event IN ('saved', 'submitted', 'released', 'owner_changed')
        OR (p_event = 'withdrawn' AND NOT p_roles ? 'quality_engineer') THEN
        PERFORM mes.check_editor(p_person_id, p_roles, mes.document_owner(p_document_id));
    END IF;
    IF p_event IN ('submitted', 'signed', 'released')
        AND p_sha256 IS DISTINCT FROM mes.document_sha256(p_document_id, p_version) THEN
        PERFORM mes.refuse_document(format('%s %s has another content by now. Look at it again first.', p_document_id,
            p_version));
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
            IF NOT mes.person_roles(p_owner) ?| ARRAY['process_engineer', 'administrator'] THEN
                PERFORM mes.refuse_document(format('%s cannot own an instruction: no process engineer.', p_owner));
            END IF;
        ELSE
            PERFORM mes.refuse_document(format('%s is not something that happens to an instruction.', p_event));
    END CASE;
END $$;

-- Writes an event down, after everything was checked and under the lock.
CREATE FUNCTION mes.insert_document_event(
    p_document_id text, p_version text, p_event text, p_person_id text, p_sha256 text, p_reason text, p_asked text[],
    p_role text, p_meaning text, p_method text, p_policy text, p_effective_from text, p_owner text
) RETURNS integer
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO mes.document_event (place, document_id, version, number, event, person_id, printed_name, sha256, reason,
        roles, role, meaning, method, policy, effective_from, owner, login)
    VALUES ((SELECT coalesce(max(e.place), 0) + 1 FROM mes.document_event AS e), p_document_id, p_version,
        (SELECT coalesce(max(e.number), 0) + 1 FROM mes.document_event AS e
            WHERE e.document_id = p_document_id AND e.version = p_version),
        p_event, p_person_id,
        (SELECT coalesce(convert_from(m.body, 'UTF8')::jsonb ->> 'name', '') FROM mes.master AS m
            WHERE m.kind = 'person' AND m.id = p_person_id),
        p_sha256, p_reason, p_asked, p_role, p_meaning, p_method, p_policy, p_effective_from, p_owner, session_user)
    RETURNING number
$$;

-- Add one event. p_number is the number of the last event the client saw: someone else's in between is told, not overwritten.
CREATE FUNCTION mes.document_add(
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
            p_document_id, p_version));
    END IF;
    PERFORM mes.check_document_event(p_document_id, p_version, p_event, p_person_id, mes.person_roles(p_person_id), p_sha256,
        p_reason, p_roles, p_role, p_meaning, p_policy, p_effective_from, p_owner);
    v_sha256 := CASE WHEN p_event = 'saved' THEN p_sha256 ELSE mes.document_sha256(p_document_id, p_version) END;
    v_number := mes.insert_document_event(p_document_id, p_version, p_event, p_person_id, v_sha256, p_reason, p_roles, p_role,
        p_meaning, p_method, p_policy, p_effective_from, p_owner);
    IF p_event = 'released' THEN
        PERFORM mes.publish('work_master', p_document_id || '@' || p_version, mes.document_body(v_sha256), 'put');
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

-- Where the versions of a document are used: stations and their units, newest first.
CREATE FUNCTION mes.document_units(p_document_id text)
RETURNS TABLE (version text, sha256 text, station text, units bigint, first_us bigint, last_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.work_master_version, j.work_master_sha256, j.station, count(DISTINCT j.serial),
        (extract(epoch FROM min(j.corrected_time)) * 1000000)::bigint,
        (extract(epoch FROM max(j.corrected_time)) * 1000000)::bigint
    FROM mes.job_state AS j WHERE j.work_master_id = p_document_id
    GROUP BY 1, 2, 3 ORDER BY 6 DESC, 3
$$;

CREATE FUNCTION mes.document_serials(p_document_id text, p_version text, p_limit integer)
RETURNS TABLE (serial text, station text, order_id text, last_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.serial, j.station, j.order_id, (extract(epoch FROM max(j.corrected_time)) * 1000000)::bigint
    FROM mes.job_state AS j WHERE j.work_master_id = p_document_id AND j.work_master_version = p_version
    GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT least(p_limit, 10000)
$$;

-- The orders that name a document, with the version each names (empty: the newest).
CREATE FUNCTION mes.document_orders(p_document_id text)
RETURNS TABLE (order_id text, product text, operation text, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.id, d.body ->> 'product', o.operation ->> 'id', coalesce(o.operation ->> 'work_master_version', '')
    FROM mes.master AS m
    CROSS JOIN LATERAL (SELECT convert_from(m.body, 'UTF8')::jsonb AS body) AS d
    CROSS JOIN LATERAL jsonb_array_elements(d.body -> 'operations') AS o(operation)
    WHERE m.kind = 'order' AND o.operation ->> 'work_master_id' = p_document_id ORDER BY m.id
$$;

-- What the floor suggests about a document (all: an empty id), with its answer where there is one.
CREATE FUNCTION mes.suggestions(p_document_id text)
RETURNS TABLE (suggestion_id text, document_id text, version text, step_id text, station text, actor text, at_us bigint,
    suggestion text, media_file text, x double precision, y double precision, evidence_sha256 text, serial text,
    answer text, answered_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.suggestion_id, s.work_master_id, s.work_master_version, s.step_id, s.station, s.actor,
        (extract(epoch FROM s.corrected_time) * 1000000)::bigint, s.text, s.media_file, s.x, s.y, s.evidence_sha256,
        s.serial, coalesce(a.answer, ''), coalesce(a.person_id, '')
    FROM mes.change_suggested AS s LEFT JOIN mes.suggestion_answer AS a USING (suggestion_id)
    WHERE p_document_id = '' OR s.work_master_id = p_document_id ORDER BY 7 DESC
$$;

CREATE FUNCTION mes.answer_suggestion(p_suggestion_id text, p_person_id text, p_answer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT mes.person_roles(p_person_id) ?| ARRAY['process_engineer', 'quality_engineer', 'administrator'] THEN
        PERFORM mes.refuse_document('Suggestions are answered by engineers.');
    ELSIF btrim(p_answer) = '' THEN
        PERFORM mes.refuse_document('Write an answer; whoever suggested it will read it.');
    ELSIF NOT EXISTS (SELECT 1 FROM mes.change_suggested AS s WHERE s.suggestion_id = p_suggestion_id) THEN
        PERFORM mes.refuse_document('This suggestion is not known.');
    END IF;
    INSERT INTO mes.suggestion_answer AS a (suggestion_id, person_id, answer) VALUES (p_suggestion_id, p_person_id, p_answer)
    ON CONFLICT (suggestion_id) DO UPDATE SET answer = excluded.answer, person_id = excluded.person_id,
        received_at = clock_timestamp();
END $$;

-- A published instruction never changes, whoever publishes: other content under the same version is refused, and so is going
-- around a review. A release is what document control says, and nothing else.
CREATE FUNCTION mes.keep_published() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_document_id text;
    v_version text;
BEGIN
    SELECT e.document_id, e.version INTO v_document_id, v_version FROM mes.document_event AS e
    WHERE e.document_id || '@' || e.version = NEW.id LIMIT 1;
    IF NEW.kind = 'release' THEN
        IF v_document_id IS NULL OR NEW.op <> 'put' OR NEW.body IS DISTINCT FROM mes.release_body(v_document_id, v_version) THEN
            PERFORM mes.refuse_document(format('The release of %s is for document control to publish.', NEW.id));
        END IF;
    ELSIF NEW.op = 'put' AND EXISTS (SELECT 1 FROM mes.master_change AS m WHERE m.kind = NEW.kind AND m.id = NEW.id
            AND m.op = 'put' AND m.sha256 <> NEW.sha256) THEN
        PERFORM mes.refuse_document(format('%s is published already with other content. Give it a new version.', NEW.id));
    ELSIF NEW.op = 'put' AND v_document_id IS NOT NULL AND (NEW.sha256 <> mes.document_sha256(v_document_id, v_version)
            OR mes.document_state(v_document_id, v_version) NOT IN ('released', 'superseded', 'withdrawn')) THEN
        PERFORM mes.refuse_document(format('%s is under document control and not released there.', NEW.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_published BEFORE INSERT ON mes.master_change
FOR EACH ROW WHEN (NEW.kind IN ('work_master', 'release')) EXECUTE FUNCTION mes.keep_published();

REVOKE ALL ON ALL TABLES IN SCHEMA mes FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mes.schema_version(), mes.master_since(bigint, integer), mes.blob_missing(text, bigint),
    mes.blob_put(text, integer, bytea), mes.blob_seal(text, bigint, text), mes.blob_get(text),
    mes.document_put(bytea), mes.document_body(text), mes.document_events(text),
    mes.document_add(text, text, integer, text, text, text, text, text[], text, text, text, text, text, text),
    mes.document_units(text), mes.document_serials(text, text, integer), mes.document_orders(text),
    mes.suggestions(text), mes.answer_suggestion(text, text, text)
TO mes_author;
GRANT SELECT ON mes.document_event, mes.document_content, mes.suggestion_answer TO mes_auditor;
