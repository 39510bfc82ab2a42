/**
 * Stands for the elements of a new table, or the value of a new global, that are put there before anyone looks: by restoring
 * a snapshot, whose references need the instances first.
 */
export const LATER: unique symbol = Symbol("later");
