using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>The stages between a graph and its text, one after the other, each verified.</summary>
internal static class Stages
{
    public static IReadOnlyList<Kernel> Kernels(ModelGraph model, Traits traits, CancellationToken cancel = default) =>
        [.. SweepDerivation.Of(model, traits).Select(sweep =>
        {
            var kernel = Lowerer.Lower(model, traits, sweep, cancel);
            Verifier.Verify(kernel);
            return kernel;
        })];
}
