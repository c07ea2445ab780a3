"""Flow normalisation of a river's record: WRTDS with EGRET's defaults, and the effort read from it.

Weighted Regressions on Time, Discharge and Season (WRTDS): Hirsch, Moyer & Archfield 2010, JAWRA 46(5) 857-880; Hirsch
& De Cicco 2015, USGS Techniques and Methods 4-A10 (the EGRET user guide). Censored values: Moyer et al. 2012, USGS SIR
2012-5244. Checked against EGRET 3.0.12.

Modules in the order of the work: ``settings``, ``calendar``, ``river`` (the checked record), ``kernels`` (all
compiled code), ``regression`` (one, weighted and censored), ``local_fits`` (one per point), ``surfaces``, ``daily``,
``annual``, ``cross_validation``, ``wrtds`` (all of it in one call), ``bootstrap``, ``effort``.

Does not belong here: where flows and samples come from, interval and grade (``evaluation.score``), weather
normalisation.
"""
