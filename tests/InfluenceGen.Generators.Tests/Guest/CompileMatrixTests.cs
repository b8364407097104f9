using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace InfluenceGen.Generators.Tests.Guest;

/// <summary>In every project of the matrix models are declared, and neither the compiler nor we have anything to say.</summary>
public class CompileMatrixTests
{
    public static TheoryData<string> Compiled => [.. GuestProjects.All.Values.Where(project => !project.NeedsBuild).Select(project => project.Name)];

    [Theory, MemberData(nameof(Compiled))]
    public void A_project_compiles_without_a_warning(string name) => Generation.Of(GuestProjects.All[name]).AssertClean();

    /// <summary>What the pragma keeps quiet is what the user marks and asks for; our own text earns no warning.</summary>
    [Theory]
    [InlineData("Every warning an error")]
    [InlineData("Nullable off")]
    [InlineData("Public and documented")]
    [InlineData("Checked arithmetic")]
    [InlineData("Identities that may be null")]
    public void Generated_text_earns_no_warning(string name) => Generation.Of(GuestProjects.All[name], bare: true).AssertClean();
}
