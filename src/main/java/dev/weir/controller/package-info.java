/**
 * The metadata log and the decisions recorded in it: topics, partitions, configurations, leaders. Its state is owned by
 * the controller verticle; only replayed records change it.
 *
 * <pre>
 *   request ──▶ ControllerCore (image in, records and answer out)
 *                    │ records
 *                    ▼
 *               MetadataLog ──▶ __cluster_metadata-0, synced ──▶ replay ──▶ new image ──▶ everybody, then the answer
 * </pre>
 *
 * What decides ({@link dev.weir.controller.ControllerCore} and the classes behind it) keeps no state; what is stored
 * ({@link dev.weir.controller.MetadataLogStore}) knows nothing of what it means.
 */
@NullMarked
package dev.weir.controller;

import org.jspecify.annotations.NullMarked;
