/** Something that a test lets happen when it wants it to, and can wait for others to arrive at. */
export class Gate {
    /** Fulfilled when someone waits at the gate. */
    reached;
    /** Fulfilled when it is opened. */
    opened;
    #reach = () => undefined;
    #open = () => undefined;
    constructor() {
        this.reached = new Promise((resolve) => (this.#reach = resolve));
        this.opened = new Promise((resolve) => (this.#open = resolve));
    }
    /** Waits until the gate is opened. */
    async pass() {
        this.#reach();
        await this.opened;
    }
    open() {
        this.#open();
    }
}
//# sourceMappingURL=Gate.js.map