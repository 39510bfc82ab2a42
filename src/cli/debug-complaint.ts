/** A command of the terminal debugger that cannot be carried out as it was typed. */
export class Complaint extends Error {}
