/** Three-way merge of index definitions. Indexes are matched by the columns they are over, which tags identify. */
import type { ColumnDefinition, IndexDefinition, TableSchema } from '../../table/schema.ts';

export interface MergedIndexes {
  readonly indexes: readonly IndexDefinition[];
  readonly conflicts: readonly string[];
}

/** An index with the tags of its columns, which mean the same in every schema. */
interface Tagged {
  readonly definition: IndexDefinition;
  readonly tags: readonly number[];
}

export function mergeIndexes(
  columns: readonly ColumnDefinition[],
  base: TableSchema,
  ours: TableSchema,
  theirs: TableSchema,
): MergedIndexes {
  const position = new Map(columns.map(({ tag }, i) => [tag, i]));
  const exists = (index: Tagged) => index.tags.every((tag) => position.has(tag));
  const [was, mine, their] = [tagged(base), tagged(ours), tagged(theirs)];
  const conflicts: string[] = [];
  const merged = new Map<string, Tagged>();
  const add = (index: Tagged) => merged.set(index.definition.name.toLowerCase(), index);

  for (const index of mine.filter(exists)) {
    const others = their.filter((other) => sameTags(index, other));
    const twins = mine.filter((other) => sameTags(index, other));
    const ambiguous = others.length > 1 ? others : others.length === 1 && twins.length > 1 ? twins : undefined;
    if (ambiguous !== undefined) {
      const [first, second] = ambiguous.map(({ definition }) => definition.name).sort();
      conflicts.push(`multiple indexes covering the same column set cannot be merged: '${first}' and '${second}'`);
      break;
    }
    const other = others[0];
    if (other === undefined) continue;
    if (sameIndex(index, other)) {
      add(index);
      continue;
    }
    const before = was.find((candidate) => sameTags(index, candidate));
    const changed = before && (sameIndex(before, other) ? index : sameIndex(before, index) ? other : undefined);
    if (changed === undefined || merged.has(changed.definition.name.toLowerCase())) {
      conflicts.push(`index '${index.definition.name}' has different definitions in ours and theirs`);
    } else add(changed);
  }

  const isNew = (index: Tagged) => exists(index) && !was.some((before) => sameTags(index, before));
  const [ourNew, theirNew] = [mine.filter(isNew), their.filter(isNew)];
  for (const index of ourNew) {
    const other = theirNew.find(({ definition }) => sameName(definition, index.definition));
    if (other !== undefined && !sameIndex(index, other)) {
      conflicts.push(`two indexes with the name '${index.definition.name}' but different definitions`);
    }
  }
  for (const index of [...ourNew, ...theirNew]) add(index);
  const indexes = [...merged.values()].map(({ definition, tags }) => ({
    ...definition,
    columns: tags.map((tag) => position.get(tag)!),
  }));
  return { indexes, conflicts };
}

function tagged(schema: TableSchema): Tagged[] {
  return schema.indexes.map((definition) => ({ definition, tags: indexTags(schema, definition) }));
}

function indexTags(schema: TableSchema, index: IndexDefinition): readonly number[] {
  return index.columns.map((column) => schema.columns[column]!.tag);
}

const sameName = (a: IndexDefinition, b: IndexDefinition) => a.name.toLowerCase() === b.name.toLowerCase();

function sameTags(a: Tagged, b: Tagged): boolean {
  return sameNumbers(a.tags, b.tags);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function sameIndex(a: Tagged, b: Tagged): boolean {
  return sameTags(a, b) && sameDefinition(a.definition, b.definition);
}

function sameDefinition(a: IndexDefinition, b: IndexDefinition): boolean {
  return (
    a.unique === b.unique &&
    a.spatial === b.spatial &&
    sameNumbers(a.prefixLengths, b.prefixLengths) &&
    a.comment === b.comment &&
    a.predicate === b.predicate &&
    a.name === b.name
  );
}

/** Whether an index of one schema is the same index as one of another. */
export function equalIndexes(
  a: IndexDefinition,
  aSchema: TableSchema,
  b: IndexDefinition,
  bSchema: TableSchema,
): boolean {
  return sameNumbers(indexTags(aSchema, a), indexTags(bSchema, b)) && sameDefinition(a, b);
}
