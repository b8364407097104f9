using InfluenceGen.Examples;
using InfluenceGen.Training;

namespace InfluenceGen.Fuzz;

/// <summary>A model of one feature, for trajectories of a few hundred bytes.</summary>
[LinearModel(Features = 1)]
internal partial class Line
{
    /// <summary>Writes trajectories of all kinds of steps and checkpoints, in the format of the day.</summary>
    public static void WriteTrajectories(string folder)
    {
        var set = ExampleSet<double>.FromFeatures([1.0, 2, 3], 1, [2.0, 3, 5]);
        Train(set, GradientDescent.FullBatch(2, 0.1), Trajectory<double>.InFile(Path.Combine(folder, "full-batch")));
        Train(set, GradientDescent.MiniBatch(3, 2, 0.1, seed: 1) with { Scaling = GradientScaling.Clip(0.5) },
            Trajectory<double>.InFile(Path.Combine(folder, "clipped"), Checkpoints.Every(2)));
    }
}
