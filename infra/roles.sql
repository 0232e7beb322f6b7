-- The three roles of the platform, and who may connect to this database.
-- Run as a superuser (or as the cloud's administrator) in the platform's own database, before
-- the first migration; running it again changes nothing. Passwords are set outside this file.

DO $$
DECLARE
    name text;
BEGIN
    -- A role that was there before may be one whom no policy binds.
    FOR name IN
        SELECT rolname FROM pg_roles
        WHERE rolname IN ('robotplug_owner', 'robotplug_api', 'robotplug_jobs')
            AND (rolsuper OR rolbypassrls)
    LOOP
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            RAISE EXCEPTION
                'role % may pass by row-level security; let a superuser run: '
                'ALTER ROLE % NOSUPERUSER NOBYPASSRLS', name, name;
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS', name);
    END LOOP;

    FOREACH name IN ARRAY ARRAY['robotplug_owner', 'robotplug_api', 'robotplug_jobs'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        -- INHERIT: the owner may use the schema by belonging to pg_database_owner.
        EXECUTE format(
            'ALTER ROLE %I WITH LOGIN INHERIT NOCREATEDB NOCREATEROLE', name
        );
        EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', name);
    END LOOP;

    -- A request is short; a job may compute for long, but never inside a transaction.
    ALTER ROLE robotplug_api SET statement_timeout = '10s';
    ALTER ROLE robotplug_api SET idle_in_transaction_session_timeout = '30s';
    ALTER ROLE robotplug_jobs SET idle_in_transaction_session_timeout = '5min';

    -- Nobody who merely has a login on this server gets in.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO robotplug_owner, robotplug_api, robotplug_jobs',
        current_database()
    );
    -- COPY goes through a temporary table.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO robotplug_jobs', current_database());
END
$$;
