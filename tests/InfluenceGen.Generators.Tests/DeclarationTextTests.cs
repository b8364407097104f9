using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>What a generated model says of its declaration: all that changes a training, and no name.</summary>
public class DeclarationTextTests
{
    [Theory]
    [InlineData("LinearModel", "layers; loss: Squared; bias: yes; L2: 0; numbers: double", 3)]
    [InlineData("LinearModel(Loss = Loss.Poisson, Bias = false)", "layers; loss: Poisson; bias: no; L2: 0; numbers: double", 3)]
    [InlineData("LogisticModel(L2 = 0.1)", "layers; loss: Logistic; bias: yes; L2: 0.1, biases spared; numbers: double", 3)]
    [InlineData("LogisticModel(L2 = 1e-7, RegulariseBias = true)", "layers; loss: Logistic; bias: yes; L2: 1E-07, biases too; numbers: double", 3)]
    [InlineData("MatrixFactorization(L2 = 2)", "matrix factorization; loss: Squared; rank: open; L2: 2; numbers: double", 2, 2, 3)]
    [InlineData("MatrixFactorization(Rank = 4, L2 = 2, Biases = true)", "matrix factorization; loss: Squared; rank: 4; biases, their L2: 2; L2: 2; numbers: double", 2, 2)]
    [InlineData("MatrixFactorization(L2 = 2, Biases = true, BiasL2 = 0)", "matrix factorization; loss: Squared; rank: open; biases, their L2: 0; L2: 2; numbers: double", 2, 2, 3)]
    [InlineData("Mlp(Inputs = 2, Hidden = [4, 3], Outputs = 2, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)",
        "layers; loss: SoftmaxCrossEntropy; hidden: 4, 3; activation: Tanh; bias: yes; L2: 0; numbers: double")]
    public void A_declaration_is_told_in_words(string attribute, string words, params object[] sizes)
    {
        var model = Generation.Of($"using InfluenceGen;\nnamespace Small;\n/// <summary>A model.</summary>\n[{attribute}] public partial class Told;")
            .Model("Small.Told", sizes);
        Assert.Equal(words, model.Declaration);
    }

    [Fact]
    public void The_names_of_types_are_not_in_it()
    {
        var (one, other) = (Of("namespace A; [LinearModel(Features = 2)] public partial class One;", "A.One"),
            Of("namespace B.C; [LinearModel(Features = 2)] public partial class Two;", "B.C.Two"));
        Assert.Equal(one.Declaration, other.Declaration);

        static IModel<double> Of(string source, string name) => Generation.Of("using InfluenceGen; " + source.Replace("[", "/// <summary>A model.</summary>\n[")
            .Replace("; /// ", ";\n/// ")).Model(name);
    }
}
