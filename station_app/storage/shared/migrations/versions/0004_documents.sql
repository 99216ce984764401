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
    PRIMARY KEY (document_id, version, number)
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

CREATE FUNCTION mes.document_owner(p_document_id text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT e.owner FROM mes.document_event AS e
            WHERE e.document_id = p_document_id AND e.event = 'owner_changed' ORDER BY e.received_at DESC LIMIT 1),
        (SELECT e.person_id FROM mes.document_event AS e
            WHERE e.document_id = p_document_id ORDER BY e.received_at LIMIT 1),
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
    IF octet_length(p_body) > 33554432 THEN
        PERFORM mes.refuse_document('An instruction has at most 32 MiB of text.');
    END IF;
    INSERT INTO mes.document_content (sha256, body) VALUES (v_sha256, p_body) ON CONFLICT DO NOTHING;
    RETURN v_sha256;
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
    ORDER BY e.received_at, e.document_id, e.version, e.number
$$;

-- Publish what the stations must know of a version: its release, in its present state.
CREATE FUNCTION mes.publish_release(p_document_id text, p_version text) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT mes.publish('release', p_document_id || '@' || p_version, convert_to(json_build_object(
        'id', p_document_id || '@' || p_version,
        'work_master_id', p_document_id,
        'version', p_version,
        'sha256', mes.document_sha256(p_document_id, p_version),
        'number', (SELECT count(*) FROM mes.document_event AS o
            WHERE o.document_id = p_document_id AND o.event = 'released' AND o.received_at <= r.received_at),
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
              AND s.number > (SELECT max(b.number) FROM mes.document_event AS b
                  WHERE b.document_id = p_document_id AND b.version = p_version AND b.event = 'submitted'))
    )::text, 'UTF8'), 'put')
    FROM mes.document_event AS r
    WHERE r.document_id = p_document_id AND r.version = p_version AND r.event = 'released'
$$;

-- Add one event. p_number is the number of the last event the client saw: someone else's in between is told, not overwritten.
CREATE FUNCTION mes.document_add(
    p_document_id text, p_version text, p_number integer, p_event text, p_person_id text, p_sha256 text, p_reason text,
    p_roles text[], p_role text, p_meaning text, p_method text, p_policy text, p_effective_from text, p_owner text
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_last integer;
    v_state text;
    v_owner text;
    v_person jsonb;
    v_roles jsonb;
    v_old text;
    v_sha256 text;
BEGIN
    PERFORM pg_advisory_xact_lock(5063764);
    SELECT coalesce(max(e.number), 0) INTO v_last FROM mes.document_event AS e
    WHERE e.document_id = p_document_id AND e.version = p_version;
    IF v_last <> p_number THEN
        PERFORM mes.refuse_document(format('%s %s was changed by somebody else meanwhile. Look at it again first.',
            p_document_id, p_version));
    END IF;
    SELECT convert_from(m.body, 'UTF8')::jsonb INTO v_person FROM mes.master AS m
    WHERE m.kind = 'person' AND m.id = p_person_id;
    IF v_person IS NULL OR NOT coalesce((v_person ->> 'active')::boolean, true) THEN
        PERFORM mes.refuse_document(format('%s is not known as an active person.', p_person_id));
    END IF;
    v_roles := v_person -> 'roles';
    v_state := mes.document_state(p_document_id, p_version);
    v_owner := mes.document_owner(p_document_id);
    v_sha256 := mes.document_sha256(p_document_id, p_version);

    IF p_event IN ('saved', 'submitted', 'released', 'owner_changed') THEN
        IF NOT (v_roles ? 'process_engineer' OR v_roles ? 'administrator') THEN
            PERFORM mes.refuse_document('Only process engineers and administrators may change instructions.');
        ELSIF v_owner <> '' AND v_owner <> p_person_id AND NOT v_roles ? 'administrator' THEN
            PERFORM mes.refuse_document(format('This instruction belongs to %s.', v_owner));
        END IF;
    END IF;
    CASE p_event
        WHEN 'saved' THEN
            IF v_state NOT IN ('', 'draft') THEN
                PERFORM mes.refuse_document(format('Version %s is %s; it cannot change any more.', p_version, v_state));
            ELSIF NOT EXISTS (SELECT 1 FROM mes.document_content AS c WHERE c.sha256 = p_sha256) THEN
                PERFORM mes.refuse_document('The content was not sent before it was saved.');
            ELSIF EXISTS (SELECT 1 FROM mes.master_change AS m
                    WHERE m.kind = 'work_master' AND m.id = p_document_id || '@' || p_version) THEN
                PERFORM mes.refuse_document(format('%s %s is published already. Begin a new version.', p_document_id,
                    p_version));
            END IF;
        WHEN 'submitted' THEN
            IF v_state <> 'draft' THEN
                PERFORM mes.refuse_document(format('Version %s is not a draft.', p_version));
            ELSIF p_sha256 <> v_sha256 THEN
                PERFORM mes.refuse_document('What is submitted is not what was saved last.');
            ELSIF cardinality(p_roles) = 0 OR p_roles <> ARRAY(SELECT DISTINCT r FROM unnest(p_roles) AS r
                    WHERE r IN ('quality_engineer', 'process_engineer', 'supervisor') ORDER BY r) THEN
                PERFORM mes.refuse_document('Choose the roles that approve it, each once.');
            ELSIF btrim(p_reason) = '' THEN
                PERFORM mes.refuse_document('Say why it changes.');
            END IF;
        WHEN 'signed' THEN
            IF v_state <> 'in review' THEN
                PERFORM mes.refuse_document(format('Version %s is not in review.', p_version));
            ELSIF p_sha256 <> v_sha256 THEN
                PERFORM mes.refuse_document('What was signed is not what is in review.');
            ELSIF NOT v_roles ? p_role THEN
                PERFORM mes.refuse_document(format('%s does not sign as %s.', p_person_id, p_role));
            ELSIF EXISTS (SELECT 1 FROM mes.document_event AS e WHERE e.document_id = p_document_id
                    AND e.version = p_version AND e.event = 'saved' AND e.person_id = p_person_id) THEN
                PERFORM mes.refuse_document('Who wrote a version does not approve it.');
            ELSIF EXISTS (SELECT 1 FROM mes.document_event AS e WHERE e.document_id = p_document_id
                    AND e.version = p_version AND e.event = 'signed'
                    AND (e.person_id = p_person_id OR e.role = p_role)
                    AND e.number > (SELECT max(b.number) FROM mes.document_event AS b WHERE b.document_id = p_document_id
                        AND b.version = p_version AND b.event = 'submitted')) THEN
                PERFORM mes.refuse_document('This signature is there already.');
            ELSIF NOT EXISTS (SELECT 1 FROM mes.document_event AS b WHERE b.document_id = p_document_id
                    AND b.version = p_version AND b.event = 'submitted' AND p_role = ANY (b.roles)
                    AND b.number = (SELECT max(x.number) FROM mes.document_event AS x
                        WHERE x.document_id = p_document_id AND x.version = p_version AND x.event = 'submitted')) THEN
                PERFORM mes.refuse_document(format('The signature of %s is not asked for.', p_role));
            END IF;
        WHEN 'sent_back' THEN
            IF v_state NOT IN ('in review', 'approved') OR btrim(p_reason) = '' THEN
                PERFORM mes.refuse_document('Only a version in review is sent back, with what has to change.');
            END IF;
        WHEN 'released' THEN
            IF v_state <> 'approved' THEN
                PERFORM mes.refuse_document(format('Version %s is not approved.', p_version));
            ELSIF p_policy NOT IN ('finish', 'next unit', 'ask') THEN
                PERFORM mes.refuse_document('Choose what running orders do.');
            END IF;
        WHEN 'withdrawn' THEN
            IF v_state NOT IN ('released', 'superseded') OR btrim(p_reason) = '' THEN
                PERFORM mes.refuse_document('Only a released version is withdrawn, with the reason.');
            ELSIF NOT (v_owner = p_person_id OR v_roles ? 'quality_engineer' OR v_roles ? 'administrator') THEN
                PERFORM mes.refuse_document(format('This instruction belongs to %s.', v_owner));
            END IF;
        WHEN 'owner_changed' THEN
            IF NOT EXISTS (SELECT 1 FROM mes.master AS m WHERE m.kind = 'person' AND m.id = p_owner
                    AND convert_from(m.body, 'UTF8')::jsonb -> 'roles' ?| ARRAY['process_engineer', 'administrator']) THEN
                PERFORM mes.refuse_document(format('%s cannot own an instruction.', p_owner));
            END IF;
        ELSE
            PERFORM mes.refuse_document(format('%s is not something that can happen to an instruction.', p_event));
    END CASE;

    INSERT INTO mes.document_event (document_id, version, number, event, person_id, printed_name, sha256, reason, roles,
        role, meaning, method, policy, effective_from, owner, login)
    VALUES (p_document_id, p_version, v_last + 1, p_event, p_person_id, coalesce(v_person ->> 'name', ''), p_sha256,
        p_reason, p_roles, p_role, p_meaning, p_method, p_policy, p_effective_from, p_owner, session_user);

    IF p_event = 'released' THEN
        PERFORM mes.publish('work_master', p_document_id || '@' || p_version,
            (SELECT c.body FROM mes.document_content AS c WHERE c.sha256 = v_sha256), 'put');
        FOR v_old IN SELECT DISTINCT e.version FROM mes.document_event AS e WHERE e.document_id = p_document_id
            AND e.version <> p_version AND mes.document_state(p_document_id, e.version) = 'released'
        LOOP
            INSERT INTO mes.document_event (document_id, version, number, event, person_id, printed_name, sha256, reason,
                roles, role, meaning, method, policy, effective_from, owner, login)
            SELECT p_document_id, v_old, max(e.number) + 1, 'superseded', p_person_id, coalesce(v_person ->> 'name', ''),
                '', 'superseded by ' || p_version, '{}', '', '', '', '', p_effective_from, '', session_user
            FROM mes.document_event AS e WHERE e.document_id = p_document_id AND e.version = v_old;
            PERFORM mes.publish_release(p_document_id, v_old);
        END LOOP;
    END IF;
    IF p_event IN ('released', 'withdrawn') THEN
        PERFORM mes.publish_release(p_document_id, p_version);
    END IF;
    RETURN v_last + 1;
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
    SELECT m.id, d.body ->> 'product', o.operation ->> 'id', o.operation ->> 'work_master_version'
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
    IF NOT EXISTS (SELECT 1 FROM mes.change_suggested AS s WHERE s.suggestion_id = p_suggestion_id) THEN
        PERFORM mes.refuse_document('This suggestion is not known.');
    END IF;
    INSERT INTO mes.suggestion_answer AS a (suggestion_id, person_id, answer) VALUES (p_suggestion_id, p_person_id, p_answer)
    ON CONFLICT (suggestion_id) DO UPDATE SET answer = excluded.answer, person_id = excluded.person_id,
        received_at = clock_timestamp();
END $$;

-- A published instruction never changes: other content under the same version is refused.
CREATE FUNCTION mes.keep_published() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM mes.master_change AS m WHERE m.kind = NEW.kind AND m.id = NEW.id AND m.op = 'put'
            AND m.sha256 <> NEW.sha256) THEN
        PERFORM mes.refuse_document(format('%s is published already with other content. Give it a new version.', NEW.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_published BEFORE INSERT ON mes.master_change
FOR EACH ROW WHEN (NEW.kind = 'work_master' AND NEW.op = 'put') EXECUTE FUNCTION mes.keep_published();

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
