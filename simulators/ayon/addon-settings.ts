import { publishDefaults } from './addon-settings-publish';
import type { JsonObject } from './json';

const MANAGERS = ['Administrator', 'Project manager'];
const PRODUCTION = ['Administrator', 'Project Manager'];
const API_ROLES = ['API', 'Administrator'];

/** The attributes that the addon maps between ftrack and AYON by default, with the standard ftrack keys. */
const MAPPED: Readonly<Record<string, string[]>> = {
  resolutionWidth: [],
  resolutionHeight: [],
  pixelAspect: [],
  fps: ['fps'],
  frameStart: ['fstart'],
  frameEnd: ['fend'],
  handleStart: [],
  handleEnd: [],
  clipIn: [],
  clipOut: [],
};

function enabled(role_list: string[], more: JsonObject = {}): JsonObject {
  return { enabled: true, ...more, role_list };
}

function roles(list: string[]): JsonObject {
  return { write_security_roles: list, read_security_roles: list };
}

function statusHandlers(): JsonObject {
  return {
    status_task_to_parent: {
      enabled: true,
      parent_object_types: ['Shot', 'Asset Build'],
      parent_status_match_all_task_statuses: [{ name: 'Completed', value: ['Approved', 'Omitted'] }],
      parent_status_by_task_status: [
        {
          new_status: 'In Progress',
          task_statuses: ['in progress', 'change requested', 'retake', 'pending review'],
        },
      ],
    },
    status_task_to_version: {
      enabled: true,
      mapping: [],
      asset_types_filter_type: 'allow_list',
      asset_types: [],
    },
    status_version_to_task: {
      enabled: true,
      mapping: [],
      asset_types_filter_type: 'deny_list',
      asset_types: [],
    },
    next_task_update: {
      enabled: true,
      mapping: [{ name: 'Not Ready', value: 'Ready' }],
      ignored_statuses: ['Omitted'],
      name_sorting: false,
    },
  };
}

function dailyLists(): JsonObject {
  return {
    enabled: false,
    cycle_hour_start: '00:00:00',
    cycle_days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    lists: [
      {
        name_template: '{yy}{mm}{dd}',
        category: 'Dailies',
        cycle_enabled: true,
        filters: [{ statuses: ['Approved'], custom_attributes: [] }],
      },
    ],
    role_list: PRODUCTION,
  };
}

function serviceEventHandlers(): JsonObject {
  return {
    prepare_project: enabled(MANAGERS),
    sync_from_ftrack: enabled(MANAGERS, { sync_versions: false, sync_link_type: '< Skip >' }),
    sync_users_from_ftrack: enabled(MANAGERS),
    sync_hier_entity_attributes: {
      enabled: true,
      interest_entity_types: ['Shot', 'Asset Build'],
      interest_attributes: ['frameStart', 'frameEnd'],
      action_enabled: true,
      role_list: PRODUCTION,
    },
    clone_review_session: enabled(PRODUCTION),
    delete_ayon_entities: enabled([]),
    thumbnail_updates: { enabled: true, levels: 1 },
    ...statusHandlers(),
    transfer_values_of_hierarchical_attributes: enabled(MANAGERS),
    create_daily_lists: dailyLists(),
    project_components_sizes: enabled(PRODUCTION),
  };
}

function userHandlers(): JsonObject {
  const manager = ['Project Manager', 'Administrator'];
  return {
    create_update_attributes: { role_list: ['Administrator'] },
    prepare_project: enabled(MANAGERS, { create_project_structure_checked: false }),
    clean_hierarchical_attr: enabled(MANAGERS),
    delete_old_versions: enabled(manager),
    delivery_action: enabled(manager),
    job_killer: enabled(['Administrator']),
    fill_workfile_attribute: { enabled: false, custom_attribute_key: '', role_list: [] },
  };
}

function customAttributes(): JsonObject {
  const mapping = Object.entries(MAPPED).map(([name, standard]) => {
    return { name, attr_type: 'standard', hierarchical: name, standard };
  });
  return {
    mandatory_attributes: {
      ayon_id: roles([]),
      ayon_path: roles([]),
      ayon_list_type: roles([]),
      ayon_sync_failed: roles(API_ROLES),
      auto_sync_enabled: roles(API_ROLES),
    },
    attributes_mapping: { enabled: true, mapping },
  };
}

/** The ftrack addon's settings as they are before anybody changed one; a fresh copy each time. */
export function addonDefaults(): JsonObject {
  const defaults: JsonObject = {
    enabled: true,
    ftrack_server: '',
    service_settings: { username: '', api_key: '' },
    service_event_handlers: serviceEventHandlers(),
    post_launch_hook: {
      enabled: true,
      mapping: [
        { name: 'In Progress', value: ['__any__'] },
        { name: 'Ready', value: ['Not Ready'] },
        { name: '__ignore__', value: ['in progress', 'omitted', 'on hold'] },
      ],
    },
    user_handlers: userHandlers(),
    publish: publishDefaults(),
    custom_attributes: customAttributes(),
  };
  return structuredClone(defaults);
}
