"""Putting the house together: one Flask app from one `Settings`."""

import logging
import os
from pathlib import Path

from flask import Flask

from app import housekeeping, i18n, mailboxes, security, web
from app.accounts import device_views, key_views, own_views, provider_views
from app.accounts import tasks as accounts_tasks
from app.accounts import views as accounts_views
from app.administration import area_views as administration_area_views
from app.administration import (
    contact_views,
    people_views,
    setup_department_views,
    setup_new_views,
    setup_service_views,
)
from app.administration import planned_work_views as administration_planned_work_views
from app.administration import rule_views as administration_rule_views
from app.administration import start_views as administration_start_views
from app.administration import text_views as administration_text_views
from app.administration import tryout_views as administration_tryout_views
from app.administration import views as administration_views
from app.administration import year_views as administration_year_views
from app.assistant import api as assistant_api
from app.casework import archive_views, bulk_views, case_views, file_views, inbox_views
from app.casework import desk_views as casework_views
from app.catalog import api as catalog_api
from app.charts import views as charts_views
from app.counter import letter_views as counter_letter_views
from app.counter import tasks as counter_tasks
from app.counter import views as counter_views
from app.database import db
from app.duties import absence_views, others_views
from app.duties import tasks as duties_tasks
from app.duties import views as duties_views
from app.entrances import kiosk_views, label_views
from app.entrances import views as entrances_views
from app.fieldwork import app_views as crew_app_views
from app.fieldwork import (
    blackout_views,
    conflict_views,
    crew_api,
    links_staff_views,
    links_views,
    moderation_views,
    push_api,
    rounds_change_views,
    rounds_tasks,
    rounds_views,
)
from app.fieldwork import photo_views as fieldwork_photo_views
from app.fieldwork import views as fieldwork_views
from app.forwarding import api as forwarding_api
from app.forwarding import tasks as forwarding_tasks
from app.forwarding import views as forwarding_views
from app.jurisdictions import views as jurisdictions_views
from app.notifications import alert_tasks, feed_views
from app.notifications import tasks as notifications_tasks
from app.notifications import views as notifications_views
from app.open_data import api as datasets_api
from app.open_data import catalogue_views, deprecation_views, dump_tasks, dump_views, ogc_views
from app.open_data import tasks as open_data_tasks
from app.open_data import tiles_api as open_data_tiles_api
from app.open_data import views as open_data_views
from app.openid import providers as openid_providers
from app.openid.discovery import Discovery
from app.photos import api as photos_api
from app.photos import tasks as photos_tasks
from app.places import api as places_api
from app.places import tasks as places_tasks
from app.planned_work import views as planned_work_views
from app.privacy import keep_views, person_views
from app.privacy import tasks as privacy_tasks
from app.privacy import views as privacy_views
from app.replies import views as replies_views
from app.reporting import follow_views, offline_views, reporter_views, talk_views
from app.reporting import form as report_form
from app.reporting import tasks as reporting_tasks
from app.reporting import views as reporting_views
from app.residents import sign_in_views as residents_sign_in_views
from app.residents import tasks as residents_tasks
from app.residents import views as residents_views
from app.residents import visit_views as residents_visit_views
from app.routing import api as assets_api
from app.scorecard import satisfaction_views
from app.scorecard import views as scorecard_views
from app.service_requests import (
    api,
    attachment_tasks,
    map_tasks,
    near_api,
    photo_tasks,
    photo_views,
    tile_views,
)
from app.service_requests import tasks as service_requests_tasks
from app.settings import Settings, read_settings
from app.statistics import api as statistics_api
from app.statistics import table_views as statistics_table_views
from app.statistics import tasks as statistics_tasks
from app.statistics import views as statistics_views
from app.texts import views as texts_views
from app.yearbook import tasks as yearbook_tasks
from app.yearbook import views as yearbook_views

ROOT = Path(__file__).resolve().parent.parent
TASKS = (
    attachment_tasks,
    accounts_tasks,
    alert_tasks,
    counter_tasks,
    housekeeping,
    dump_tasks,
    duties_tasks,
    forwarding_tasks,
    map_tasks,
    notifications_tasks,
    open_data_tasks,
    photo_tasks,
    photos_tasks,
    places_tasks,
    privacy_tasks,
    reporting_tasks,
    residents_tasks,
    rounds_tasks,
    service_requests_tasks,
    statistics_tasks,
    yearbook_tasks,
)
"""Importing them registers their jobs."""
MORE_PAGES = (
    keep_views,
    person_views,
    contact_views,
    setup_new_views,
    people_views,
    administration_planned_work_views,
    key_views,
    own_views,
    provider_views,
    absence_views,
    others_views,
    open_data_tiles_api,
    archive_views,
    file_views,
    bulk_views,
    case_views,
    inbox_views,
    administration_area_views,
    administration_rule_views,
    administration_start_views,
    setup_department_views,
    setup_service_views,
    administration_text_views,
    administration_tryout_views,
    administration_year_views,
    blackout_views,
    conflict_views,
    counter_letter_views,
    feed_views,
    fieldwork_photo_views,
    follow_views,
    moderation_views,
    kiosk_views,
    label_views,
    links_staff_views,
    offline_views,
    push_api,
    reporter_views,
    rounds_views,
    rounds_change_views,
    talk_views,
    residents_sign_in_views,
    statistics_table_views,
)
"""Importing them adds their pages to the room's blueprint."""


def create_app(settings: Settings) -> Flask:
    """The whole service. The settings must name a database and a secret key."""
    complete = settings.for_production()
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        static_folder=ROOT / "static",
        template_folder=ROOT / "templates",
    )
    app.config.update(
        SETTINGS=complete,
        SECRET_KEY=complete.secret_key,
        SQLALCHEMY_DATABASE_URI=complete.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": True,
            "hide_parameters": True,
            "pool_size": 10,
            "max_overflow": 20,
        },
        SUBMIT_LIMIT=complete.submit_limit,
        SIGN_IN_LIMIT=complete.sign_in_limit,
        API_TITLE="Melde feil i gata mi",
        API_VERSION="v1",
        API_SPEC_OPTIONS={
            "info": {
                "description": "What will end says so in the headers Deprecation (RFC 9745) and Sunset"
                " (RFC 8594) at least a year before: /apne-data#changes."
            }
        },
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    app.extensions["openid_providers"] = openid_providers.read(
        complete.openid_providers, os.environ
    )
    app.extensions["mailboxes"] = mailboxes.read(complete.mailboxes)
    app.extensions["openid_discovery"] = Discovery()
    tile_views.start(app)
    web.start(app, complete)
    deprecation_views.start(app)
    jurisdictions_views.start(app)
    residents_visit_views.start(app)
    i18n.start(app)
    security.start(app)
    security.login_manager.user_loader(device_views.identity_of_session)
    for room in (
        accounts_views,
        reporting_views,
        report_form,
        photo_views,
        casework_views,
        replies_views,
        duties_views,
        privacy_views,
        fieldwork_views,
        links_views,
        crew_app_views,
        administration_views,
        counter_views,
        forwarding_views,
        notifications_views,
        planned_work_views,
        residents_views,
        statistics_views,
        yearbook_views,
        satisfaction_views,
        scorecard_views,
        charts_views,
        texts_views,
        entrances_views,
        open_data_views,
        catalogue_views,
        ogc_views,
        dump_views,
    ):
        app.register_blueprint(room.blueprint)
    documented = web.ProblemApi(app)
    documented.register_blueprint(api.blueprint)
    documented.register_blueprint(catalog_api.blueprint)
    documented.register_blueprint(near_api.blueprint)
    documented.register_blueprint(photos_api.blueprint)
    documented.register_blueprint(tile_views.blueprint)
    documented.register_blueprint(forwarding_api.blueprint)
    documented.register_blueprint(assets_api.blueprint)
    documented.register_blueprint(statistics_api.blueprint)
    documented.register_blueprint(datasets_api.blueprint)
    documented.register_blueprint(assistant_api.blueprint)
    documented.register_blueprint(places_api.blueprint)
    documented.register_blueprint(crew_api.blueprint)
    return app


def create_app_from_environment() -> Flask:
    """For the web server's processes: settings from the environment. :raises SettingsError:
    naming all faults.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("httpx").setLevel(
        logging.WARNING
    )  # it tells addresses, which may hold secrets
    return create_app(read_settings(os.environ))
