import type { StudioProject } from '../../studio';
import { studioId } from '../../studio';
import type {
  StudioAsset,
  StudioComponent,
  StudioList,
  StudioNote,
  StudioReviewSession,
  StudioVersion,
} from '../../studio/types';
import type { ValueSeeder } from './attributes';
import { listCategoryId, locationIds } from './tables';
import type { SeedWriter } from './writer';

/** The place that new files have unless the studio says another. */
const usualLocation = 'ftrack.unmanaged';

/** Puts what people made in one project: assets, versions, components, notes, lists, review sessions. */
class WorkSeeder {
  private readonly writer: SeedWriter;
  private readonly values: ValueSeeder;
  private readonly project: StudioProject;
  private readonly versions: ReadonlySet<string>;

  constructor(writer: SeedWriter, values: ValueSeeder, project: StudioProject) {
    this.writer = writer;
    this.values = values;
    this.project = project;
    const all = (project.assets ?? []).flatMap(({ versions }) => versions);
    this.versions = new Set(all.map(({ id }) => id));
  }

  asset({ id, name, type, parent, versions }: StudioAsset): void {
    this.writer.put('Asset', {
      id,
      name,
      context_id: parent,
      type_id: this.writer.idOf('asset type', type),
      project_id: this.project.id,
    });
    for (const version of versions) {
      this.version(version, id);
    }
  }

  note(note: StudioNote): void {
    const isProject = note.parent === this.project.id;
    const parentType = isProject
      ? 'Project'
      : this.versions.has(note.parent)
        ? 'AssetVersion'
        : 'TypedContext';
    const parent = { parent_id: note.parent, parent_type: parentType };
    const thread = [note, ...(note.replies ?? [])];
    const active = thread.at(-1)?.date ?? this.writer.now;
    for (const each of thread) {
      this.writer.put('Note', {
        id: each.id,
        content: each.text,
        user_id: this.writer.person(each.author),
        date: each.date ?? this.writer.now,
        thread_activity: each === note ? active : (each.date ?? this.writer.now),
        project_id: this.project.id,
        in_reply_to_id: each === note ? null : note.id,
        ...parent,
      });
    }
  }

  list(list: StudioList): void {
    const type = list.of === 'versions' ? 'AssetVersionList' : 'TypedContextList';
    this.writer.put(type, {
      id: list.id,
      name: list.name,
      category_id: listCategoryId(list.category),
      is_open: list.isOpen ?? true,
      project_id: this.project.id,
      user_id: this.writer.person(list.owner),
      date: this.writer.now,
    });
    this.values.put({ id: list.id, type, project: this.project.name }, list.attributes);
    for (const item of list.items) {
      const id = studioId(`list item/${list.id}/${item}`);
      this.writer.put('ListObject', { id, list_id: list.id, entity_id: item });
    }
  }

  reviewSession({ id, name, description = '', versions, invitees = [] }: StudioReviewSession): void {
    const created = { created_at: this.writer.now, created_by_id: this.writer.studio.serviceUser.id };
    const { project } = this;
    this.writer.put('ReviewSession', {
      id,
      name,
      description,
      project_id: project.id,
      start_date: `${project.startDate}T00:00:00`,
      end_date: `${project.endDate}T00:00:00`,
      ...created,
    });
    for (const [order, versionId] of versions.entries()) {
      this.writer.put('ReviewSessionObject', {
        id: studioId(`review object/${id}/${versionId}`),
        review_session_id: id,
        version_id: versionId,
        created_at: this.writer.now,
        sort_order: order,
        ...this.shownAs(versionId),
      });
    }
    for (const invitee of invitees) {
      this.writer.put('ReviewSessionInvitee', { ...invitee, review_session_id: id, ...created });
    }
  }

  /** How the interface names a version in a review. */
  private shownAs(versionId: string): { name: string; version: string } {
    for (const { name, versions } of this.project.assets ?? []) {
      const version = versions.find(({ id }) => id === versionId);
      if (version) {
        return { name, version: `Version ${version.version}` };
      }
    }
    throw new Error(
      `A review session of ${this.project.name} shows ${versionId}, which is no version of it.`,
    );
  }

  private version(version: StudioVersion, assetId: string): void {
    const { statuses } = this.writer.studio;
    this.writer.put('AssetVersion', {
      id: version.id,
      asset_id: assetId,
      version: version.version,
      comment: version.comment ?? '',
      date: version.date ?? this.writer.now,
      status_id:
        version.status === undefined ? (statuses[0]?.id ?? null) : this.writer.idOf('status', version.status),
      task_id: version.task ?? null,
      user_id: this.writer.person(version.author),
      project_id: this.project.id,
    });
    this.values.put({ id: version.id, type: 'AssetVersion', project: this.project.name }, version.attributes);
    for (const component of version.components ?? []) {
      this.component(component, version.id);
    }
  }

  private component(
    { id, name, fileType, size = 0, path, location }: StudioComponent,
    versionId: string,
  ): void {
    this.writer.put('FileComponent', {
      id,
      name,
      file_type: fileType,
      size,
      system_type: 'file',
      version_id: versionId,
    });
    if (path !== undefined) {
      this.writer.put('ComponentLocation', {
        id: studioId(`component location/${id}`),
        component_id: id,
        location_id: locationIds.get(location ?? usualLocation) ?? null,
        resource_identifier: path,
      });
    }
  }
}

/** What people made in one project. */
export function seedWork(writer: SeedWriter, values: ValueSeeder, project: StudioProject): void {
  const seeder = new WorkSeeder(writer, values, project);
  for (const asset of project.assets ?? []) {
    seeder.asset(asset);
  }
  for (const note of project.notes ?? []) {
    seeder.note(note);
  }
  for (const list of project.lists ?? []) {
    seeder.list(list);
  }
  for (const session of project.reviewSessions ?? []) {
    seeder.reviewSession(session);
  }
}
