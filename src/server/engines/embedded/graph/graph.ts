/** An ONNX graph that can be changed: who makes a value, who uses it, and what is constant. */
import type { Node } from "./node.ts";
import { type Tensor, floatTensor, floatBytesOf } from "./tensor.ts";

/** Floats that are allotted at a time: to allot them for each tensor would busy the collector. */
const CHUNK = 1 << 21;

export class Graph {
  /** Names of values that come from outside, and of those that leave. */
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  /** Of ONNX's own operators. */
  readonly opset: number;
  readonly #nodes = new Set<Node>();
  readonly #constants = new Map<string, Tensor>();
  /** Constants whose numbers were asked for. */
  readonly #floats = new Map<string, Float32Array | undefined>();
  readonly #producers = new Map<string, Node>();
  readonly #consumers = new Map<string, Set<Node>>();
  /** Not yet given away. */
  #free = new Float32Array();
  #named = 0;

  constructor(inputs: Iterable<string>, outputs: Iterable<string>, opset: number) {
    this.inputs = new Set(inputs);
    this.outputs = new Set(outputs);
    this.opset = opset;
  }

  /** A copy, so that nodes may come and go meanwhile. */
  get nodes(): Node[] {
    return [...this.#nodes];
  }

  /** Those that something uses. */
  get constants(): [string, Tensor][] {
    const used = ([name]: [string, Tensor]): boolean =>
      this.outputs.has(name) || (this.#consumers.get(name)?.size ?? 0) > 0;
    return [...this.#constants].filter(used);
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  producerOf(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  consumersOf(value: string): Node[] {
    return [...(this.#consumers.get(value) ?? [])];
  }

  /** The node that alone uses a value, which then is not visible from outside either. */
  soleConsumerOf(value: string): Node | undefined {
    const [first, ...others] = this.consumersOf(value);
    return others.length > 0 || this.outputs.has(value) ? undefined : first;
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.#constants.get(name);
  }

  /** The numbers of a constant. They are shared: do not change them. */
  floats(name: string | undefined): Float32Array | undefined {
    const tensor = this.constant(name);
    if (name === undefined || !tensor) return undefined;
    if (!this.#floats.has(name)) {
      const bytes = floatBytesOf(tensor);
      const floats = bytes && this.room(bytes.length / 4);
      if (bytes && floats) {
        new Uint8Array(floats.buffer, floats.byteOffset, bytes.length).set(bytes);
      }
      this.#floats.set(name, floats);
    }
    return this.#floats.get(name);
  }

  /** Room for numbers, all zero. */
  room(length: number): Float32Array {
    if (this.#free.length < length) this.#free = new Float32Array(Math.max(length, CHUNK));
    const room = this.#free.subarray(0, length);
    this.#free = this.#free.subarray(length);
    return room;
  }

  /** The number of a constant that holds one. */
  scalar(name: string | undefined): number | undefined {
    const dims = this.constant(name)?.dims;
    return dims?.every((dim) => dim === 1) ? this.floats(name)?.[0] : undefined;
  }

  setConstant(name: string, tensor: Tensor): void {
    this.#constants.set(name, tensor);
  }

  /** @returns its name. */
  addFloats(dims: readonly number[], floats: Float32Array): string {
    const name = this.newName();
    this.setFloats(name, dims, floats);
    return name;
  }

  setFloats(name: string, dims: readonly number[], floats: Float32Array): void {
    this.#constants.set(name, floatTensor(dims, floats));
    this.#floats.set(name, floats);
  }

  /** A name that no value has. */
  newName(): string {
    const name = `rewritten_${this.#named++}`;
    const isTaken =
      this.#constants.has(name) ||
      this.#producers.has(name) ||
      this.#consumers.has(name) ||
      this.inputs.has(name);
    return isTaken ? this.newName() : name;
  }

  add(node: Node): void {
    this.#nodes.add(node);
    for (const output of node.outputs) if (output !== "") this.#producers.set(output, node);
    for (const input of node.inputs) {
      const consumers = this.#consumers.get(input) ?? new Set();
      this.#consumers.set(input, consumers.add(node));
    }
  }

  remove(node: Node): void {
    this.#nodes.delete(node);
    for (const output of node.outputs) this.#producers.delete(output);
    for (const input of node.inputs) this.#consumers.get(input)?.delete(node);
  }

  /** Puts nodes in the place of others. */
  replace(old: readonly Node[], successors: readonly Node[]): void {
    for (const node of old) this.remove(node);
    for (const node of successors) this.add(node);
  }

  /** Takes out what nobody uses. */
  prune(): void {
    for (const node of this.sorted().toReversed()) {
      const isUsed = node.outputs.some(
        (output) => this.outputs.has(output) || this.consumersOf(output).length > 0,
      );
      if (!isUsed) this.remove(node);
    }
  }

  /**
   * The nodes, each after those that it depends on, as ONNX wants them.
   *
   * @throws Error where they depend on each other in a circle.
   */
  sorted(): Node[] {
    const waitsFor = new Map<Node, number>();
    const ready: Node[] = [];
    for (const node of this.#nodes) {
      const sources = new Set(node.inputs.flatMap((input) => this.#producers.get(input) ?? []));
      waitsFor.set(node, sources.size);
      if (sources.size === 0) ready.push(node);
    }
    // Grows while it is walked through.
    for (const node of ready) {
      const targets = new Set(node.outputs.flatMap((output) => this.consumersOf(output)));
      for (const target of targets) {
        const left = (waitsFor.get(target) ?? 0) - 1;
        waitsFor.set(target, left);
        if (left === 0) ready.push(target);
      }
    }
    if (ready.length < this.#nodes.size) throw new Error("the graph has a circle");
    return ready;
  }
}
