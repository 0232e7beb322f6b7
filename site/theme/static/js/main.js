// Every panel that lives: one custom element each, defined where it is written.
import "./clock.js";
import "./toggle.js";
import "./robot-figures.js";
import "./robot-verdict.js";
import "./robot-positions.js";
import "./robot-trades.js";
import "./robot-seal.js";
import "./robot-chain.js";
import "./robot-parity.js";
import "./live-rows.js";
import "./robot-chart.js";
import "./league-table.js";
import "./near-pages.js";
import "./docs-book.js";
import "./copy-code.js";
import "./search-key.js";
