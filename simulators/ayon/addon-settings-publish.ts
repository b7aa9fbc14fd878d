import type { JsonObject } from './json';

function profile(
  host_names: string[],
  product_base_types: string[],
  family: { add?: boolean; whenFamilies?: string[] },
): JsonObject {
  const { add = false, whenFamilies } = family;
  const advanced_filtering = whenFamilies ? [{ families: whenFamilies, add_ftrack_family: true }] : [];
  const types = { product_base_types, task_types: [], task_names: [] };
  return { host_names, ...types, add_ftrack_family: add, advanced_filtering };
}

function familyProfiles(): JsonObject[] {
  const maya = ['model', 'setdress', 'animation', 'look', 'rig', 'camera', 'review'];
  return [
    profile(['traypublisher'], [], { add: true }),
    profile(['traypublisher'], ['matchmove', 'shot'], {}),
    profile(['traypublisher'], ['plate', 'review', 'audio'], { whenFamilies: ['clip', 'review'] }),
    profile(['maya'], maya, { add: true }),
    profile(['blender', 'houdini', 'max'], [], { whenFamilies: ['review'] }),
    profile(['tvpaint'], ['renderPass'], {}),
    profile(['tvpaint'], [], { add: true }),
    profile(['nuke'], ['write', 'render', 'prerender'], { whenFamilies: ['review'] }),
    profile(['aftereffects'], ['render', 'workfile'], { add: true }),
    profile(['flame'], ['plate', 'take'], { add: true }),
    profile(['photoshop'], ['review'], { add: true }),
  ];
}

/** Product base type → ftrack asset type, in the order of the settings. */
const ASSET_TYPES =
  'camera:cam look:look mayaAscii:scene model:geo rig:rig setdress:setdress pointcache:cache render:render ' +
  'prerender:render render2d:render nukescript:comp write:render review:mov plate:img audio:audio ' +
  'workfile:scene animation:cache image:img reference:reference ass:cache mayaScene:scene camerarig:rig ' +
  'yeticache:cache yetiRig:rig xgen:xgen rendersetup:rendersetup assembly:assembly layout:layout ' +
  'unrealStaticMesh:geo vrayproxy:cache redshiftproxy:cache usd:usd';

function assetTypes(): JsonObject[] {
  return ASSET_TYPES.split(' ').map((pair) => {
    const [name = '', asset_type = ''] = pair.split(':');
    return { name, asset_type };
  });
}

const FARM_PROFILE: JsonObject = {
  host_names: ['celaction'],
  task_types: [],
  task_names: [],
  product_base_types: ['render'],
  product_names: [],
  status_name: 'Render',
};

/** The `publish` group of the ftrack addon's settings as shipped. */
export function publishDefaults(): JsonObject {
  return {
    CollectFtrackFamily: { enabled: true, profiles: familyProfiles() },
    CollectFtrackCustomAttributeData: { enabled: false, custom_attribute_keys: [] },
    ValidateFtrackAttributes: { enabled: false, ftrack_custom_attributes: '{}' },
    IntegrateHierarchyToFtrack: { create_task_status_profiles: [] },
    IntegrateFtrackDescription: {
      enabled: false,
      optional: true,
      active: true,
      description_template: '{comment}',
    },
    IntegrateFtrackNote: { enabled: false, note_template: '{comment}', note_labels: [] },
    IntegrateFtrackComponentOverwrite: { enabled: true },
    IntegrateFtrackInstance: {
      product_base_type_mapping: assetTypes(),
      keep_first_product_name_for_review: true,
      asset_versions_status_profiles: [],
      additional_metadata_keys: [],
    },
    IntegrateFtrackFarmStatus: { farm_status_profiles: [FARM_PROFILE] },
    ftrack_task_status_local_publish: { status_profiles: [] },
    ftrack_task_status_on_farm_publish: { status_profiles: [] },
    IntegrateFtrackTaskStatus: { after_version_statuses: true },
  };
}
