/// What a store holds, told with few bytes (§13). Each valid path has a [narlink.inventory.PathId]. Two ends that
/// differ by few paths find them by a [narlink.inventory.Sketch], whose size is that of the difference; one that knows
/// most paths but not which of them the other has reads an [narlink.inventory.IdList]; what nobody knew is told by
/// [narlink.inventory.Descriptions], whose columns are coded by a model each: `NameModel`, `SizeModel`,
/// `ReferenceModel`.
@NullMarked
package narlink.inventory;

import org.jspecify.annotations.NullMarked;
