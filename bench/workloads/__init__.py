"""What is trained: sizes, arrays, initial parameters, rates and tolerances; one file a workload."""
