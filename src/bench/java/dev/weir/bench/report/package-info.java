/** What was measured, and how it is shown: figures, goals, medians, the table and the page. */
@NullMarked
package dev.weir.bench.report;

import org.jspecify.annotations.NullMarked;
