namespace InfluenceGen.Influence.Values;

/// <summary>What a trained model is worth. Larger is better.</summary>
public enum Utility
{
    /// <summary>Minus the mean loss of the test examples (<c>MeanLoss</c>): one number.</summary>
    MeanLoss,

    /// <summary>Minus the loss of each test example: a number for each, with which the values are pointwise influences. By linearity
    /// their mean over test examples without weights is that of <see cref="MeanLoss"/>.</summary>
    Losses,

    /// <summary>The share of test examples whose class is predicted: one number, of models whose labels are classes.</summary>
    Accuracy,

    /// <summary>The area under the curve of right over wrong alarms (AUC): the probability that of a test example with label 1 and one with
    /// label 0 the first has the greater output, ties by half; one number, of models with one output and labels 0 and 1.</summary>
    AreaUnderCurve,

    /// <summary>For each class, how many test examples are of it and predicted to be, as a share of all test examples, or of their weight: a number for
    /// each class, whose sum is the accuracy. What <see cref="ClassWiseShapley"/> asks for.</summary>
    ClassAccuracies,
}
